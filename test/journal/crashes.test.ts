/** Crashes of a store with one vector a point; crashes.long.test.ts has more. */
import { test } from "vitest";
import { crashMany, ONE } from "./simulation/many.ts";

test("at every call of the storage", { timeout: 400_000 }, () => crashMany(ONE, 100, 1800));
