import { expect, test } from "vitest";
import { fuzz } from "./fuzz.ts";

test("10,000 requests that nobody should send do no harm", async () => {
  const statuses = await fuzz(421, 10_000);
  console.log(Object.fromEntries([...statuses].sort()));
  expect(statuses.get(200)).toBeGreaterThan(1000);
  expect(statuses.get(400)).toBeGreaterThan(1000);
});
