import { expect, test } from "vitest";
import { fuzz } from "./fuzz.ts";

test("500 requests that nobody should send do no harm", async () => {
  const statuses = await fuzz(20_261_121, 500);
  // Both are there: what is refused, and what is still a request.
  expect(statuses.get(200)).toBeGreaterThan(50);
  expect(statuses.get(400)).toBeGreaterThan(50);
}, 60_000);
