import fc from "fast-check";
import { expect, test } from "vitest";
import { Closest } from "../../src/vectors/kinds/closest.ts";

test("keeps the closest, of equal ones those with the smaller offsets, whatever the order they come in", () => {
  const distance = fc.oneof(fc.nat(5), fc.constantFrom(Infinity, -Infinity));
  fc.assert(
    fc.property(
      fc.array(distance, { maxLength: 60, size: "max" }),
      fc.integer({ min: 1, max: 70 }),
      fc.nat(),
      (distances, limit, turn) => {
        const points = distances.map((each, offset) => ({ offset, distance: each }));
        const shuffled = [...points].sort(
          (a, b) => ((a.offset * 7919 + turn) % 61) - ((b.offset * 7919 + turn) % 61),
        );
        const closest = new Closest(limit);
        for (const point of shuffled) closest.offer(point.offset, point.distance);
        const expected = points
          .sort((a, b) => (a.distance === b.distance ? a.offset - b.offset : a.distance - b.distance))
          .slice(0, limit);
        expect(closest.isFull).toBe(points.length >= limit);
        if (closest.isFull) expect(closest.farthest).toBe(expected.at(-1)?.distance);
        const sorted = closest.sorted();
        expect([...sorted.offsets]).toEqual(expected.map((point) => point.offset));
        expect([...sorted.distances]).toEqual(expected.map((point) => point.distance));
      },
    ),
    { numRuns: 300, seed: 4 },
  );
});
