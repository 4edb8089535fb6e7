/** Where the compiled module of sparse spaces lies; see wasm-url.ts. */
export function sparseUrl(): URL {
  return new URL("../../build/wasm/sparse.wasm", import.meta.url);
}
