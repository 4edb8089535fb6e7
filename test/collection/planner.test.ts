import { expect, test } from "vitest";
import { type PlanInput, plan } from "../../src/collection/planner.ts";

const MANY: PlanInput = {
  exact: false,
  live: 100_000,
  indexed: 99_000,
  vectorBytes: 400,
  m: 16,
  width: 100,
  fullScanBytes: 10_000 * 1024,
};

test.each<[string, Partial<PlanInput>, boolean, string]>([
  ["many indexed vectors", {}, false, "the graph is faster than a scan"],
  ["an exact request", { exact: true }, true, "exact was requested"],
  ["a space without a graph", { m: 0, indexed: 0 }, true, "the space has no graph"],
  ["nothing but a tail", { indexed: 0 }, true, "no vector is indexed yet"],
  ["few vectors", { live: 20_000, indexed: 20_000 }, true, "few vectors: a scan is as fast, and exact"],
  ["an ef close to the number of points", { width: 2000 }, true, "the graph would compute as much as a scan"],
  [
    "a lower threshold",
    { live: 20_000, indexed: 20_000, fullScanBytes: 10 * 1024 },
    false,
    "the graph is faster than a scan",
  ],
])("%s", (_, change, exact, reason) => {
  expect(plan({ ...MANY, ...change })).toEqual({ exact, reason });
});
