/**
 * Where the compiled modules lie. Functions, because some edge runtimes have no `import.meta.url`: there the caller injects
 * a module and nothing here may run.
 *
 * Each is one literal `new URL("…", import.meta.url)`: Vite and webpack copy the file only when they see exactly that.
 * These paths hold for the sources; build/bundle.mjs rewrites them to `./wasm/…` for the published bundle.
 */

/** The build that runs wherever WebAssembly SIMD does. */
export function plainUrl(): URL {
  return new URL("../../build/wasm/core.wasm", import.meta.url);
}

/** The build that needs relaxed SIMD. */
export function relaxedUrl(): URL {
  return new URL("../../build/wasm/core.relaxed.wasm", import.meta.url);
}
