import { notSupported, shortly } from "../errors.ts";
import { object } from "../validation/containers.ts";
import { check, leaf, oneOf, opaque, string } from "../validation/schema.ts";
import type { ByteRanges } from "./snapshot-types.ts";

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
  /**
   * The folder in which everything is kept, made if it isn't there; one client at a time can have it. In browsers it is a
   * name (letters, digits, "-", "_", "."), and kept by the page's origin: in its private file system when a dedicated worker
   * makes it, which is faster, and which only dedicated workers can write; else in IndexedDB. Default: nothing is kept.
   *
   * @throws `LOCKED`, `DAMAGED`, `STORAGE_FULL`, `STORAGE_DENIED`, `STORAGE_FAILED`; `NOT_SUPPORTED` where nothing can be kept
   */
  path?: string;
  /**
   * What an answered write has behind it: `"always"` (default) that it is on the disk, and survives the loss of power;
   * `"interval"` and `"never"` that the operating system has it, and it survives the end of the process. With
   * `"interval"` the loss of power costs at most about the last second, with `"never"` whatever the system had not
   * written; in either case what is left is whole, up to some moment.
   */
  sync?: "always" | "interval" | "never";
  /**
   * The bytes of a snapshot: its collections and aliases are there to be read, and every change is refused (`READ_ONLY`).
   * It is read from beginning to end while it is opened, and not needed afterwards; until then it must not change. What can
   * be read at any place, such as by range requests, comes as `{ size, read(from, length) }`. Not together with `path`.
   *
   * @throws `DAMAGED`, `OUT_OF_MEMORY`
   */
  snapshot?: Uint8Array | ArrayBuffer | ByteRanges;
  /** With `path`: changes nothing there, and refuses to. The folder may have an owner; what that one writes later isn't seen. */
  readOnly?: boolean;
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
    path: /* @__PURE__ */ string(1),
    snapshot: /* @__PURE__ */ opaque("bytes"),
    sync: /* @__PURE__ */ oneOf("always interval never"),
    readOnly: /* @__PURE__ */ leaf("a boolean", (value) => typeof value === "boolean"),
  },
);

export function checkOpenOptions(options: unknown): OpenOptions {
  const { threads = 0, ...others } = check(OPTIONS, options, "", "open's options");
  // What a snapshot is, the code that opens it knows.
  if (threads === 0) return others as OpenOptions;
  throw notSupported(
    `threads (${shortly(threads)})`,
    "Leave it out: indexing runs in slices on this thread.",
  );
}
