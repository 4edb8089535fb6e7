import { expect, test } from "vitest";
import { NearvecError } from "../src/index.ts";

test("an error has the status that a server answers with", () => {
  const statusOf = (code: NearvecError["code"]) => new NearvecError(code, { what: "it" }).status;
  expect(statusOf("INVALID_ARGUMENT")).toBe(400);
  expect(statusOf("WRONG_DIMENSION")).toBe(400);
  expect(statusOf("COLLECTION_NOT_FOUND")).toBe(404);
  expect(statusOf("COLLECTION_EXISTS")).toBe(409);
  expect(statusOf("TIMEOUT")).toBe(408);
  expect(statusOf("INTERNAL")).toBe(500);
});
