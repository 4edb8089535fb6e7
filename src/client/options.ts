import { notSupported, shortly } from "../errors.ts";
import { object } from "../validation/containers.ts";
import { check, leaf, oneOf, opaque } from "../validation/schema.ts";

/** How to open an engine. Everything has a default; `await open()` is enough. */
export interface OpenOptions {
  /**
   * Which build of the core to use. `"auto"` (default) takes relaxed SIMD where the runtime has it (about a
   * tenth faster) and plain SIMD elsewhere; `"plain"` gives the same floating-point results everywhere;
   * `"relaxed"` insists.
   *
   * @throws `NOT_SUPPORTED` when the runtime lacks what was insisted on
   */
  simd?: "auto" | "plain" | "relaxed";
  /**
   * Worker threads that build indexes. Only 0 (default) so far: indexing runs in short slices on the caller's
   * thread.
   */
  threads?: 0;
  /**
   * The compiled core, for runtimes that must not compile bytes (Cloudflare Workers):
   * `import module from "nearvec/wasm/core.wasm"`. Default: it is loaded from beside the package's code.
   * With the relaxed build, also set `simd: "relaxed"`.
   */
  module?: WebAssembly.Module;
  /**
   * The compiled module of sparse vectors, for the same runtimes: `import sparseModule from "nearvec/wasm/sparse.wasm"`.
   * Default: it is loaded when a collection has sparse vectors.
   */
  sparseModule?: WebAssembly.Module;
}

// Not instanceof: a module from another realm (a frame, a test runner's context) is one all the same.
const isModule = (value: unknown): value is WebAssembly.Module =>
  Object.prototype.toString.call(value) === "[object WebAssembly.Module]";

const NOT_BYTES = "Import the file in nearvec/wasm/ in a way that gives a compiled module, not bytes.";

const OPTIONS = /* @__PURE__ */ object(
  {},
  {
    simd: /* @__PURE__ */ oneOf("auto plain relaxed"),
    threads: /* @__PURE__ */ opaque("0"),
    module: /* @__PURE__ */ leaf("a WebAssembly.Module", isModule, NOT_BYTES),
    sparseModule: /* @__PURE__ */ leaf("a WebAssembly.Module", isModule, NOT_BYTES),
  },
);

export function checkOpenOptions(options: unknown): OpenOptions {
  const { threads = 0, ...others } = check(OPTIONS, options, "", "open's options");
  if (threads === 0) return others;
  throw notSupported(
    `threads (${shortly(threads)})`,
    "Leave it out: indexing runs in slices on this thread.",
  );
}
