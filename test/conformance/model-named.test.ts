/** As `model.test.ts`, with named vectors of every kind that come and go. */
import fc from "fast-check";
import { test } from "vitest";
import { run } from "./model/run.ts";
import { NAMED } from "./model/setups.ts";

test("vectors of every kind, by name", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer(), { minLength: 1, maxLength: 150, size: "max" }), async (steps) => {
      await run({ ...NAMED, ids: 20 }, steps);
    }),
    { numRuns: 40 },
  );
});
