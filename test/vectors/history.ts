/** Random histories of a space, against a Map: of single vectors, and of lists of them. */

import fc from "fast-check";
import { expect } from "vitest";
import type { RoundedSpaceConfig } from "../../src/vectors/config.ts";
import type { StoredVector } from "../../src/vectors/rows.ts";
import type { Space } from "../../src/vectors/space.ts";
import { bitmapOf } from "./support.ts";

type Kind = Pick<RoundedSpaceConfig, "datatype" | "distance">;

/** An empty space under test, and what is known of its vectors, which are of type V here. */
export interface Tested<V> {
  readonly space: Space;
  readonly put: (offset: number, vector: V) => void;
  readonly query: (vector: V) => StoredVector;
  /** The score by plain arithmetic. */
  readonly score: (query: V, vector: V) => number;
  /** How many vectors a query has: each adds to the rounding of its scores. */
  readonly terms: (query: V) => number;
  /** All numbers of a vector as it is stored. */
  readonly stored: (vector: V) => readonly number[];
  /** All numbers of a vector as it came back. */
  readonly numbers: (got: StoredVector) => Float32Array;
}

/** Points have offsets up to `last`. */
function stepsOf<V>(vector: fc.Arbitrary<V>, last: number) {
  const offset = fc.nat(last);
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("put" as const), offset, vector }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove" as const), offset }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("index" as const), budget: fc.nat(300) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("rebuild" as const), budget: fc.nat(100) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("search" as const),
        vector,
        exact: fc.boolean(),
        limit: fc.integer({ min: 1, max: last + 10 }),
        allowed: fc.option(fc.uniqueArray(fc.nat(last + 20)), { nil: undefined }),
      }),
    },
  );
  return fc.array(step, { minLength: 1, maxLength: 80, size: "max" });
}

type Step<V> = ReturnType<typeof stepsOf<V>> extends fc.Arbitrary<(infer S)[]> ? S : never;

/** Does the steps with new spaces, and compares them with a Map. */
export function expectAgreement<V>(
  kind: Kind,
  vector: fc.Arbitrary<V>,
  last: number,
  make: () => Tested<V>,
  parameters: fc.Parameters<[Step<V>[]]>,
): void {
  fc.assert(
    fc.property(stepsOf(vector, last), (steps) => {
      const tested = make();
      const { space } = tested;
      const model = new Map<number, V>();
      for (const step of steps) {
        follow(step, kind, tested, model, last);
        expect(space.liveCount).toBe(model.size);
        expect(space.indexedCount).toBeLessThanOrEqual(model.size);
      }
      for (let offset = 0; offset <= last; offset++) expectStored(offset, kind, tested, model);
      while (space.tailCount > 0) space.indexSome(1e6);
      expect(space.indexedCount).toBe(model.size);
    }),
    parameters,
  );
}

function follow<V>(step: Step<V>, kind: Kind, tested: Tested<V>, model: Map<number, V>, last: number): void {
  const { space } = tested;
  switch (step.kind) {
    case "put":
      tested.put(step.offset, step.vector);
      model.set(step.offset, step.vector);
      break;
    case "remove":
      expect(space.remove(step.offset)).toBe(model.delete(step.offset));
      break;
    case "index":
      space.indexSome(step.budget);
      break;
    case "rebuild":
      if (space.rebuildDue) space.rebuildSome(step.budget, true);
      break;
    case "search": {
      const { vector, limit, exact } = step;
      const among = [...model].filter(([offset]) => step.allowed?.includes(offset) ?? true);
      const larger = kind.distance === "Cosine" || kind.distance === "Dot";
      const naive = among.map(([, each]) => tested.score(vector, each));
      naive.sort((a, b) => (larger ? b - a : a - b));
      const allowed = step.allowed && bitmapOf(step.allowed, last + 21);
      const hits = space.search(tested.query(vector), { limit, ef: 64, exact, ...(allowed && { allowed }) });
      expect(hits.count).toBe(Math.min(limit, among.length));
      expect(new Set(hits.offsets).size).toBe(hits.count);
      for (let i = 0; i < hits.count; i++) {
        const own = tested.score(vector, model.get(hits.offsets[i] as number) as V);
        const tolerance = 2e-6 * (1 + Math.abs(own)) * tested.terms(vector);
        expect(Math.abs((hits.scores[i] as number) - own)).toBeLessThan(tolerance);
        expect(Math.abs((hits.scores[i] as number) - (naive[i] as number))).toBeLessThan(tolerance);
      }
    }
  }
}

function expectStored<V>(
  offset: number,
  { datatype, distance }: Kind,
  { space, stored, numbers }: Tested<V>,
  model: ReadonlyMap<number, V>,
): void {
  const vector = model.get(offset);
  const got = space.get(offset);
  expect(space.has(offset)).toBe(vector !== undefined);
  expect(got === undefined).toBe(vector === undefined);
  if (vector === undefined || got === undefined) return;
  const expected = stored(vector);
  const values = numbers(got);
  expect(values.length).toBe(expected.length);
  // Which of two neighbours a number of unit length is rounded to hangs on the last bit of the length.
  const slack = distance !== "Cosine" || datatype === "uint8" ? 0 : datatype === "float16" ? 2 ** -11 : 1e-7;
  values.forEach((x, i) => {
    expect(Math.abs(x - (expected[i] as number))).toBeLessThanOrEqual(slack);
  });
}
