/** Crashes of a store with vectors of all kinds; crashes-kinds.long.test.ts has more. */
import { test } from "vitest";
import { crashMany, KINDS } from "./simulation/many.ts";

test("at every call of the storage", { timeout: 400_000 }, () => crashMany(KINDS, 200, 200));
