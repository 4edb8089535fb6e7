import { expect, test } from "vitest";
import { parseFieldParams, sameParams } from "../../src/field-indexes/params.ts";

const params = (schema: unknown) => parseFieldParams(schema, "field_schema");

test.each<[unknown, unknown, boolean]>([
  ["integer", { type: "integer", is_principal: true }, true],
  ["keyword", { type: "keyword", is_tenant: true, on_disk: true, enable_hnsw: false }, true],
  ["text", { type: "text", tokenizer: "word", on_disk: true }, true],
  ["integer", { type: "integer", lookup: false }, false],
  ["keyword", { type: "keyword", prefix: true }, false],
  ["text", { type: "text", lowercase: false }, false],
  ["integer", "float", false],
])("an index of %j and one of %j do the same: %s", (one, other, expected) => {
  expect(sameParams(params(one), params(other))).toBe(expected);
  expect(sameParams(params(other), params(one))).toBe(expected);
});
