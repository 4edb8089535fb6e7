import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../../src/generated/validators/", import.meta.url));

/** The code of a bundle that has one validator. */
async function bundle(name: string, file: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `export { ${name} } from "./${file}";`, resolveDir: folder },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
  });
  return outputFiles.map(({ text }) => text).join("");
}

// What is loaded on demand brings its own validators, and they bring nothing that the rest would have to carry.
test.each([
  ["QueryRequest", "query-request.ts", ["hnsw_ef", "with_payload"]],
  ["ScrollRequest", "scroll-request.ts", ["order_by"]],
  ["UpdateOperations", "update-operations.ts", ["set_payload", "update_filter"]],
])("%s comes without filters, formulas, collections and indexes", async (name, file, needed) => {
  const code = await bundle(name, file);
  for (const word of needed) expect(code).toContain(word);
  for (const word of ["min_should", "exp_decay", "relevance_feedback", "ef_construct", "tokenizer"]) {
    expect(code).not.toContain(word);
  }
});

test("a filter comes without requests", async () => {
  const code = await bundle("Filter", "filter.ts");
  expect(code).toContain("geo_polygon");
  for (const word of ["hnsw_ef", "with_payload", "exp_decay"]) expect(code).not.toContain(word);
});

test("nothing is compiled at run time", async () => {
  expect(await bundle("Query", "query.ts")).not.toMatch(/\beval\b|new Function|\bFunction\(/);
});
