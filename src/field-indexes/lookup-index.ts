import type { Test } from "../filters/filter.ts";
import type { Scalar } from "../filters/match.ts";
import { type Ids, readId, writeId } from "../points/ids.ts";
import type { Answer } from "./answer.ts";
import type { Facets, FieldIndex, IndexContent } from "./field-index.ts";
import type { FieldParams } from "./params.ts";
import { passingTypes, Types } from "./passing-types.ts";
import { ValueSets } from "./value-sets.ts";

/** Strings, each with its points. */
export function keywordIndex({ options }: FieldParams): FieldIndex {
  const covers = (test: Test) => (passingTypes(test) & ~Types.STRING) === 0;
  const isString = (value: unknown) => typeof value === "string";
  return new LookupIndex(isString, covers, new ValueSets(options.prefix === true));
}

/** `true` and `false`. */
export function boolIndex(): FieldIndex {
  const covers = (test: Test) => (passingTypes(test) & ~Types.BOOLEAN) === 0;
  return new LookupIndex((value) => typeof value === "boolean", covers, new ValueSets());
}

/**
 * Strings that are UUIDs, in any spelling. A filter compares the spelling, as it does without an index; facets have the
 * lower-case hyphenated one.
 */
export function uuidIndex(): FieldIndex {
  const covers = (test: Test) =>
    (test.kind === "value" && isUuid(test.value)) || (test.kind === "any" && [...test.values].every(isUuid));
  return new LookupIndex(isUuid, covers, new UuidSets());
}

class LookupIndex implements FieldIndex {
  readonly accepts: (value: unknown) => boolean;
  readonly covers: (test: Test) => boolean;
  readonly reading = "1";
  readonly #sets: ValueSets;

  constructor(accepts: (value: unknown) => boolean, covers: (test: Test) => boolean, sets: ValueSets) {
    this.accepts = accepts;
    this.covers = covers;
    this.#sets = sets;
  }

  get facets(): Facets {
    return this.#sets;
  }

  get memoryBytes(): number {
    return this.#sets.memoryBytes;
  }

  get contents(): IndexContent[] {
    return [{ kind: "values", values: this.#sets }];
  }

  add(offset: number, values: readonly Scalar[]): void {
    for (const value of values) this.#sets.add(offset, value);
  }

  remove(offset: number, values: readonly Scalar[]): void {
    for (const value of values) this.#sets.remove(offset, value);
  }

  estimate(test: Test): number | undefined {
    return this.#sets.estimate(test);
  }

  count(test: Test): number | undefined {
    return this.#sets.count(test);
  }

  find(test: Test, answer: Answer): void {
    this.#sets.find(test, answer);
  }
}

const id: Ids = { words: new Uint32Array(4), kinds: new Uint8Array(1) };

function isUuid(value: unknown): value is string {
  return typeof value === "string" && writeId(value, id, 0);
}

const CANONICAL = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function canonical(uuid: string): string {
  writeId(uuid, id, 0);
  return readId(id, 0) as string;
}

/** A canonical UUID, a list, and an entry of a map. */
const ODD_BYTES = 200;

/** Counts a UUID once, however it is spelled. */
class UuidSets extends ValueSets {
  /** The spellings that some point has, by the canonical one; those of which that is all are not here. */
  readonly #odd = new Map<string, readonly string[]>();

  override get memoryBytes(): number {
    return super.memoryBytes + this.#odd.size * ODD_BYTES;
  }

  protected override entered(value: string): void {
    if (CANONICAL.test(value)) return;
    const uuid = canonical(value);
    this.#odd.set(uuid, [...(this.#odd.get(uuid) ?? []), value]);
  }

  override remove(offset: number, value: string): boolean {
    const isGone = super.remove(offset, value);
    if (!isGone || CANONICAL.test(value)) return isGone;
    const uuid = canonical(value);
    const others = this.#odd.get(uuid)?.filter((spelling) => spelling !== value) ?? [];
    if (others.length > 0) this.#odd.set(uuid, others);
    else this.#odd.delete(uuid);
    return true;
  }

  override each(allowed: Uint32Array | undefined, visit: (value: Scalar, points: number) => void): void {
    super.each(allowed, (spelling, points) => {
      if (this.#odd.size === 0) visit(spelling, points);
      else if (CANONICAL.test(spelling as string) && !this.#odd.has(spelling as string))
        visit(spelling, points);
    });
    for (const [uuid, spellings] of this.#odd) {
      const points = this.countAny([uuid, ...spellings], allowed);
      if (points > 0) visit(uuid, points);
    }
  }
}
