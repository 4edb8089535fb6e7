/**
 * Long random sequences of operations against a naive model, over enough points for the graph. A failure names
 * its seed; `MODEL_SEED=<number>` tries that one alone, `MODEL_STEPS` another number of steps.
 */
import { expect, test } from "vitest";
import { run, type Setup } from "./model/run.ts";
import { NAMED } from "./model/setups.ts";
import type { Space } from "./model/vectors.ts";
import { random } from "./naive.ts";

const STEPS = process.env.MODEL_STEPS === undefined ? undefined : Number(process.env.MODEL_STEPS);
const SEED = process.env.MODEL_SEED;
/** Of approximate answers with m 4 and ef 16: far below the defaults, so that mistakes show. */
const LEAST_RECALL = 0.9;

const unnamed = (space: Space): Setup => ({ spaces: { "": space }, ids: 900 });

const SETUPS: [string, Setup, steps: number, seeds: number[]][] = [
  ["one unnamed vector, Dot", unnamed({ kind: "dense", size: 8, distance: "Dot" }), 3000, [1]],
  ["one unnamed vector, Euclid", unnamed({ kind: "dense", size: 8, distance: "Euclid" }), 3000, [2]],
  ["one unnamed vector, Cosine", unnamed({ kind: "dense", size: 8, distance: "Cosine" }), 3000, [3]],
  ["vectors of every kind", { ...NAMED, ids: 60 }, 6000, [4, 5]],
  ["vectors of every kind, many points", { ...NAMED, ids: 700 }, 4000, [6]],
  // So many that comparing with all of them is no longer the cheapest.
  ["lists of vectors", unnamed({ kind: "multi", size: 16, distance: "Dot", most: 80 }), 500, [7]],
];

for (const [title, setup, usual, seeds] of SETUPS) {
  test.each(SEED === undefined ? seeds : [Number(SEED)])(`${title}, seed %d`, async (seed) => {
    const next = random(seed);
    const steps = Array.from({ length: STEPS ?? usual }, () => Math.floor(next() * 2 ** 32));
    const { found, wanted } = await run(setup, steps);
    expect(found / wanted).toBeGreaterThanOrEqual(LEAST_RECALL);
  });
}
