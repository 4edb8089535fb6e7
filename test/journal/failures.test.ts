/** Storages whose calls fail: writes are refused, and nothing else happens. */
import { expect, test } from "vitest";
import { NAMED } from "../conformance/model/setups.ts";
import type { Plan } from "./simulation/crashes.ts";
import { fail } from "./simulation/failures.ts";

const ONE = { spaces: { "": { kind: "dense", size: 4, distance: "Dot" } }, ids: 30 } as const;

test.each<[string, Plan["setup"], number]>([
  ["one vector", ONE, 60],
  ["vectors of all kinds", { ...NAMED, ids: 20 }, 8],
])("calls that fail: %s", { timeout: 120_000 }, async (_, setup, runs) => {
  let failed = 0;
  for (let seed = 1; seed <= runs; seed++) {
    try {
      failed += await fail({ setup, seed, steps: 30 });
    } catch (cause) {
      throw new Error(`seed ${seed}`, { cause });
    }
  }
  expect(failed).toBeGreaterThan(runs);
});
