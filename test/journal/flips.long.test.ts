import { test } from "vitest";
import { flip } from "./simulation/flips.ts";

test.each([
  ["closed", false],
  ["killed", true],
])("no bit of a store that was %s turns unnoticed", { timeout: 900000 }, (_, killed) =>
  flip(2500, killed, 18),
);
