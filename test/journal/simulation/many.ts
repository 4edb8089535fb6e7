import type { Setup } from "../../conformance/model/run.ts";
import { NAMED } from "../../conformance/model/setups.ts";
import { callsOf, crash, type Plan } from "./crashes.ts";

/** `NEARVEC_CRASHES=10 npm run test:long` tries ten times as many. */
const FACTOR = Number(process.env.NEARVEC_CRASHES ?? 1);

export const ONE: Setup = { spaces: { "": { kind: "dense", size: 4, distance: "Dot" } }, ids: 30 };
export const KINDS: Setup = { ...NAMED, ids: 20 };

/** Crashes at every call of one plan after the other, with seeds from `seed` on, until there were so many. */
export async function crashMany(setup: Setup, seed: number, total: number): Promise<void> {
  let left = total * FACTOR;
  let plans = 0;
  for (; left > 0; plans++) {
    const plan: Plan = { setup, seed: seed + plans, steps: 30 };
    const calls = await callsOf(plan);
    // Of the last one as many as are left, all over it.
    const step = Math.max(1, Math.floor(calls / left));
    for (let at = 1; at <= calls && left > 0; at += step, left--) {
      try {
        await crash(plan, at);
      } catch (cause) {
        throw new Error(`seed ${plan.seed}, ${plan.steps} steps, down at call ${at} of ${calls}`, { cause });
      }
    }
  }
  console.log(`${total * FACTOR} crashes in ${plans} workloads from seed ${seed} on`);
}
