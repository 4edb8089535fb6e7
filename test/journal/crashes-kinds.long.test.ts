/** As crashes-kinds.test.ts, with other seeds. */
import { test } from "vitest";
import { crashMany, KINDS } from "./simulation/many.ts";

test("at every call of the storage", { timeout: 3_600_000 }, () => crashMany(KINDS, 2000, 2000));
