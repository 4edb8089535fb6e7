/**
 * Long random sequences of operations against a naive model, over enough points for the graph. A failure names
 * its seed; `MODEL_SEED=<number>` tries that one alone, `MODEL_STEPS` another number of steps.
 */
import { expect, test } from "vitest";
import { run, type Setup } from "./model/run.ts";
import { NAMED } from "./model/setups.ts";
import { random } from "./naive.ts";

const STEPS = Number(process.env.MODEL_STEPS ?? 4000);
const SEED = process.env.MODEL_SEED;
/** Of approximate answers with m 4 and ef 16: far below the defaults, so that mistakes show. */
const LEAST_RECALL = 0.9;

const SETUPS: [string, Setup, number[]][] = [
  [
    "one unnamed vector, Dot",
    { spaces: { "": { kind: "dense", size: 8, distance: "Dot" } }, ids: 900, paths: [] },
    [1],
  ],
  [
    "one unnamed vector, Euclid",
    { spaces: { "": { kind: "dense", size: 8, distance: "Euclid" } }, ids: 900, paths: [] },
    [2],
  ],
  [
    "one unnamed vector, Cosine",
    { spaces: { "": { kind: "dense", size: 8, distance: "Cosine" } }, ids: 900, paths: [] },
    [3],
  ],
  ["vectors of every kind", { ...NAMED, ids: 60, paths: [] }, [4, 5]],
  ["vectors of every kind, many points", { ...NAMED, ids: 700, paths: [] }, [6]],
];

for (const [title, setup, seeds] of SETUPS) {
  test.each(SEED === undefined ? seeds : [Number(SEED)])(`${title}, seed %d`, async (seed) => {
    const next = random(seed);
    const steps = Array.from({ length: STEPS }, () => Math.floor(next() * 2 ** 32));
    const { found, wanted } = await run(setup, steps);
    expect(found / wanted).toBeGreaterThanOrEqual(LEAST_RECALL);
  });
}
