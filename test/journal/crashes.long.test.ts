/** As crashes.test.ts, with other seeds. */
import { test } from "vitest";
import { crashMany, ONE } from "./simulation/many.ts";

test("at every call of the storage", { timeout: 3_600_000 }, () => crashMany(ONE, 1000, 8000));
