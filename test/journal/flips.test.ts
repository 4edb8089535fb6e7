import { test } from "vitest";
import { flip } from "./simulation/flips.ts";

test.each([
  ["closed", false],
  ["killed", true],
])("no bit of a store that was %s turns unnoticed", { timeout: 60000 }, (_, killed) => flip(250, killed, 17));
