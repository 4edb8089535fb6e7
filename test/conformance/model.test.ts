/**
 * Random sequences of operations against a naive model: reads of every kind must agree. Short ones here, which
 * shrink; `model.long.test.ts` has the long ones.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { run } from "./model/run.ts";
import type { Distance } from "./naive.ts";

const seeds = fc.array(fc.integer(), { minLength: 1, maxLength: 150, size: "max" });

test.each<Distance>(["Dot", "Euclid", "Manhattan", "Cosine"])("one unnamed vector, %s", async (distance) => {
  const setup = { spaces: { "": { kind: "dense", size: 5, distance } }, ids: 20 } as const;
  await fc.assert(
    fc.asyncProperty(seeds, async (steps) => {
      const { found, wanted } = await run(setup, steps);
      // So few vectors are scanned.
      expect(found).toBe(wanted);
    }),
    { numRuns: 25 },
  );
});
