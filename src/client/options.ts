import { NearvecError, notSupported, shortly } from "../errors.ts";
import { checkFields, checkObject, fields, oneOf } from "../fields.ts";

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
}

const OPEN_FIELDS = fields(["simd", "threads", "module"]);

export function checkOpenOptions(options: unknown): OpenOptions {
  checkObject(options, "open's options");
  checkFields(options, "", OPEN_FIELDS);
  const { simd, threads, module } = options as OpenOptions;
  if (simd !== undefined) oneOf(simd, "simd", ["auto", "plain", "relaxed"]);
  if (threads !== undefined && threads !== 0) {
    throw notSupported(
      `threads (${shortly(threads)})`,
      "Leave it out: indexing runs in slices on this thread.",
    );
  }
  // Not instanceof: a module from another realm (a frame, a test runner's context) is one all the same.
  if (module !== undefined && Object.prototype.toString.call(module) !== "[object WebAssembly.Module]") {
    throw new NearvecError("INVALID_ARGUMENT", {
      what: "module",
      got: shortly(module),
      expected: "a WebAssembly.Module",
      todo: "Import nearvec/wasm/core.wasm in a way that gives a compiled module, not bytes.",
    });
  }
  return { ...(simd && { simd }), ...(module && { module }) };
}
