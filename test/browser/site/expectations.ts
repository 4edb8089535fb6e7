/** What the contract of storages uses of vitest, in a browser: collects tests, runs them when asked, tells what failed. */

interface Collected {
  readonly title: string;
  readonly body: () => Promise<void>;
}

export interface Outcome {
  readonly title: string;
  /** Undefined: it passed. */
  readonly failure: string | undefined;
}

let collected: Collected[] = [];

export function describe(_: string, body: () => void): void {
  body();
}

export function test(title: string, body: () => Promise<void>): void {
  collected.push({ title, body });
}

/** Runs what was collected, one after the other. */
export async function runCollected(): Promise<Outcome[]> {
  const tests = collected;
  collected = [];
  const outcomes: Outcome[] = [];
  for (const { title, body } of tests) {
    try {
      await body();
      outcomes.push({ title, failure: undefined });
    } catch (error) {
      outcomes.push({
        title,
        failure: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    }
  }
  return outcomes;
}

/** Some properties that an object has, whatever else it has. */
class Containing {
  readonly properties: Readonly<Record<string, unknown>>;

  constructor(properties: Readonly<Record<string, unknown>>) {
    this.properties = properties;
  }
}

class Expectation {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  toBe(other: unknown): void {
    if (!Object.is(this.#value, other)) fail(this.#value, "to be", other);
  }

  toEqual(other: unknown): void {
    if (!equal(this.#value, other)) fail(this.#value, "to equal", other);
  }

  toBeUndefined(): void {
    this.toBe(undefined);
  }

  toMatchObject(properties: Readonly<Record<string, unknown>>): void {
    if (!contains(this.#value, properties)) fail(this.#value, "to have", properties);
  }

  toThrow(expected: Containing): void {
    try {
      (this.#value as () => unknown)();
    } catch (error) {
      new Expectation(error).toMatchObject(expected.properties);
      return;
    }
    throw new Error("expected a call to throw");
  }

  /** Expectations of the reason for which a promise rejects. */
  get rejects() {
    return {
      toMatchObject: async (properties: Readonly<Record<string, unknown>>) => {
        const reason = await (this.#value as Promise<unknown>).then(
          (value) => fail(value, "to be rejected with", properties),
          (error: unknown) => error,
        );
        new Expectation(reason).toMatchObject(properties);
      },
    };
  }
}

export function expect(value: unknown): Expectation {
  return new Expectation(value);
}
expect.objectContaining = (properties: Readonly<Record<string, unknown>>) => new Containing(properties);

function contains(value: unknown, properties: Readonly<Record<string, unknown>>): boolean {
  if (typeof value !== "object" || value === null) return false;
  const own = value as Readonly<Record<string, unknown>>;
  return Object.entries(properties).every(([key, expected]) => equal(own[key], expected));
}

function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (ArrayBuffer.isView(a)) {
    const [left, right] = [a as Uint8Array, b as Uint8Array];
    return left.length === right.length && left.every((byte, i) => byte === right[i]);
  }
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => equal(Reflect.get(a, key), Reflect.get(b, key)))
  );
}

function fail(value: unknown, relation: string, other: unknown): never {
  throw new Error(`expected ${show(value)} ${relation} ${show(other)}`);
}

function show(value: unknown): string {
  if (value instanceof Error) return `${value.name} (${value.message}; code ${Reflect.get(value, "code")})`;
  return ArrayBuffer.isView(value) ? `${value.byteLength} bytes` : (JSON.stringify(value) ?? String(value));
}
