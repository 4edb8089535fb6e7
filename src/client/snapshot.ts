/**
 * A request as it is now, for a call that has to wait before it is looked at: afterwards its arrays and objects are the
 * caller's again. Copies plain objects, arrays and typed arrays; anything else (what has a class, a function) stays as it is.
 */
function snapshot<T>(request: T): T {
  return copyOf(request, new Map(), 0) as T;
}

/** Deeper parts are refused by whoever reads them. */
const DEEPEST = 1000;

function copyOf(value: unknown, copies: Map<object, unknown>, depth: number): unknown {
  if (typeof value !== "object" || value === null || depth > DEEPEST) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  if (ArrayBuffer.isView(value)) return "slice" in value ? (value as Float32Array).slice() : value;
  const own = (each: unknown) => copyOf(each, copies, depth + 1);
  if (Array.isArray(value)) {
    const copy: unknown[] = [];
    copies.set(value, copy);
    for (const each of value) copy.push(own(each));
    return copy;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return value;
  const copy: object = {};
  copies.set(value, copy);
  for (const [key, each] of Object.entries(value)) {
    // Not an assignment, for which "__proto__" would be no key like others.
    Object.defineProperty(copy, key, {
      value: own(each),
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return copy;
}

/** The request as it was before `loading`, which is over then. */
export async function after<T>(loading: Promise<void>, request: T): Promise<T> {
  const mine = snapshot(request);
  await loading;
  return mine;
}
