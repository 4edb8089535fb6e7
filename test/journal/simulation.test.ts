/** Crashes at every call of the storage. `simulation.long.test.ts` has more of them. */
import { expect, test } from "vitest";
import { NAMED } from "../conformance/model/setups.ts";
import { callsOf, crash, type Plan } from "./simulation/crashes.ts";

const PLANS: readonly (readonly [string, Plan])[] = [
  [
    "one vector",
    { setup: { spaces: { "": { kind: "dense", size: 4, distance: "Dot" } }, ids: 30 }, seed: 11, steps: 30 },
  ],
  ["vectors of all kinds", { setup: { ...NAMED, ids: 20 }, seed: 12, steps: 30 }],
];

test.each(PLANS)("at every call: %s", async (_, plan) => {
  const calls = await callsOf(plan);
  expect(calls).toBeGreaterThan(100);
  for (let at = 1; at <= calls; at++) {
    try {
      await crash(plan, at);
    } catch (cause) {
      throw new Error(`seed ${plan.seed}, ${plan.steps} steps, down at call ${at} of ${calls}`, { cause });
    }
  }
});
