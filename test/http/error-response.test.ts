import { expect, test, vi } from "vitest";
import { type ErrorCode, type ErrorDetails, NearvecError } from "../../src/errors.ts";
import { failureOf, type Place } from "../../src/http/error-response.ts";
import { createHandler } from "../../src/http/index.ts";

const open: Place = { collection: "c", flattened: undefined, isOpen: () => true };
const failure = (code: ErrorCode, place = open, details: ErrorDetails = { what: "something" }) =>
  failureOf(new NearvecError(code, details), place);

test.each<[ErrorCode, number, string]>([
  ["INVALID_ARGUMENT", 400, "Format error in JSON body: something."],
  ["INVALID_ID", 400, "Format error in JSON body: something."],
  ["INVALID_NAME", 422, "Validation error in JSON body: [something.]"],
  ["INVALID_PAYLOAD", 400, "Format error in JSON body: something."],
  ["WRONG_DIMENSION", 400, "Wrong input: something."],
  ["NOT_FINITE", 400, "Format error in JSON body: something."],
  ["COLLECTION_NOT_FOUND", 404, "Not found: something."],
  ["POINT_NOT_FOUND", 404, "Not found: something."],
  ["NOT_SUPPORTED", 400, "Bad request: something."],
  ["OUT_OF_MEMORY", 507, "Out of memory: something."],
  ["TIMEOUT", 408, "Timeout error: something."],
  ["ABORTED", 400, "Bad request: something."],
])("%s is a %i", (code, status, text) => {
  expect(failure(code)).toEqual({ status, text });
});

test("what went away meanwhile is a collection that isn't there, or the whole engine", () => {
  expect(failure("CLOSED")).toEqual({ status: 404, text: "Not found: Collection `c` doesn't exist!" });
  expect(failure("CLOSED", { ...open, isOpen: () => false })?.status).toBe(503);
  expect(failure("CLOSED", { ...open, collection: undefined })?.status).toBe(503);
});

test("an error of another copy of the engine is one all the same", () => {
  const error = Object.assign(new Error("elsewhere"), {
    name: "NearvecError",
    code: "TIMEOUT",
    details: { what: "elsewhere" },
  });
  expect(failureOf(error, open)?.status).toBe(408);
});

test("a range is told as a server does, in its words for where it is", () => {
  const details = (most: number) => ({ what: "limit", subject: { range: { got: 0, least: 1, most } } });
  expect(failure("INVALID_ARGUMENT", open, details(Number.MAX_SAFE_INTEGER))).toEqual({
    status: 422,
    text: "Validation error in JSON body: [limit: value 0 invalid, must be 1 or larger]",
  });
  const place = { ...open, flattened: "internal" };
  expect(failure("INVALID_ARGUMENT", place, details(10))?.text).toBe(
    "Validation error in JSON body: [internal.limit: value 0 invalid, must be from 1 to 10]",
  );
});

test("a defect is answered by 500, and told to whom it concerns", async () => {
  for (const defect of [new TypeError("a bug"), new NearvecError("INTERNAL", { what: "a bug" })]) {
    const onDefect = vi.fn();
    const client = { getCollections: () => Promise.reject(defect), info: () => ({}) };
    const handler = createHandler(client as never, { onDefect });
    const response = await handler(new Request("http://localhost/collections"));
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({
      status: { error: expect.stringMatching(/^Service internal error: a bug\.?$/) },
    });
    expect(onDefect).toHaveBeenCalledExactlyOnceWith(defect);
  }
});

test("options that are none are refused", () => {
  const client = {} as never;
  const wrong = {
    maxBodyBytes: [0, "10", Number.NaN],
    timeout: [0.5, "1", 0, null],
    cors: ["", 1, [""], [1], null],
    gzip: [1],
    onDefect: [1],
  };
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      expect(() => createHandler(client, { [name]: value }), `${name}: ${value}`).toThrow(`${name}: got`);
    }
  }
});

test("an answer that no text can hold is refused, not a defect", async () => {
  const fails = (error: Error) => () => {
    throw error;
  };
  const onDefect = vi.fn();
  const status = async (error: Error, more = {}) => {
    const client = { getCollections: async () => ({ toJSON: fails(error), ...more }), info: () => ({}) };
    const handler = createHandler(client as never, { onDefect });
    const response = await handler(new Request("http://localhost/collections"));
    return [response.status, (await response.json()).status.error];
  };
  expect(await status(new RangeError("Invalid string length"))).toEqual([
    400,
    "Bad request: the answer would be too large; ask for fewer points",
  ]);
  expect(onDefect).not.toHaveBeenCalled();
  expect((await status(new RangeError("Maximum call stack size exceeded")))[0]).toBe(500);
});
