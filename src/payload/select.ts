import { EACH, type JsonPath, type PathStep } from "./path.ts";

/**
 * Parts of payloads, as answers carry them (`with_payload`). As on a server a position never selects anything: including
 * `a[0]` leaves an empty array, excluding it leaves all of a.
 */

type Payload = Record<string, unknown>;

/** Paths that begin alike share their beginning. */
interface Branch {
  readonly next: Map<PathStep, Branch>;
  /** Whether a path ends here. */
  end: boolean;
}

/**
 * Keeps what the paths lead to, and on the way there objects with nothing else, arrays with all their elements (for `[]`)
 * or none, and simple values.
 */
export function including(paths: readonly JsonPath[]): (payload: Payload) => Payload {
  const root = treeOf(paths);
  return (payload) => kept(payload, root) as Payload;
}

/** Keeps all but what the paths lead to; `a[]` empties the array, `a[].b` takes b out of each element. */
export function excluding(paths: readonly JsonPath[]): (payload: Payload) => Payload {
  const root = treeOf(paths);
  return (payload) => left(payload, root) as Payload;
}

function treeOf(paths: readonly JsonPath[]): Branch {
  const root = branch();
  for (const path of paths) {
    let at = root;
    for (const step of path) {
      const next = at.next.get(step) ?? branch();
      at.next.set(step, next);
      at = next;
    }
    at.end = true;
  }
  return root;
}

function branch(): Branch {
  return { next: new Map(), end: false };
}

function kept(value: unknown, at: Branch): unknown {
  if (at.end || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const each = at.next.get(EACH);
    return each === undefined ? [] : value.map((element) => kept(element, each));
  }
  return mapped(value, (inner, key) => {
    const next = at.next.get(key);
    return next === undefined ? undefined : kept(inner, next);
  });
}

function left(value: unknown, at: Branch): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const each = at.next.get(EACH);
    if (each === undefined) return value;
    return each.end ? [] : value.map((element) => left(element, each));
  }
  return mapped(value, (inner, key) => {
    const next = at.next.get(key);
    if (next === undefined) return inner;
    return next.end ? undefined : left(inner, next);
  });
}

/** A new object with what `map` makes of the values; undefined, which no payload holds, drops the key. */
function mapped(object: object, map: (value: unknown, key: string) => unknown): Payload {
  const entries: [string, unknown][] = [];
  for (const [key, value] of Object.entries(object)) {
    const made = map(value, key);
    if (made !== undefined) entries.push([key, made]);
  }
  // Not by assigning: `__proto__` is a key like any other.
  return Object.fromEntries(entries);
}
