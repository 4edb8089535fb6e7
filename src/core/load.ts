/** Finds, compiles and chooses the build of the core that this runtime can run. */

import { relaxedSimd, simd } from "wasm-feature-detect";
import { NearvecError } from "../errors.ts";
import { plainUrl, relaxedUrl } from "./wasm-url.ts";

/** Which instructions the core uses: fixed-width SIMD, or relaxed SIMD (fused multiply-add) on top. */
export type Build = "simd" | "relaxed";

export interface LoadOptions {
  /** `auto` (default) takes relaxed SIMD where the runtime has it. `plain` and `relaxed` insist. */
  readonly simd?: "auto" | "plain" | "relaxed";
  /** A compiled module, for runtimes that must not compile. Its build is what `simd` says, `plain` when it says `auto`. */
  readonly module?: WebAssembly.Module;
  /** The compiled module of sparse vectors, for the same runtimes. */
  readonly sparseModule?: WebAssembly.Module;
}

/** A compiled core, from which every space makes its own instance and memory. */
export interface CoreModule {
  readonly module: WebAssembly.Module;
  readonly build: Build;
  /** Another module, of sparse spaces, where the caller brought it; else it is loaded when it is needed. */
  readonly sparse?: WebAssembly.Module;
}

const compiled = new Map<Build, Promise<WebAssembly.Module>>();

/**
 * Compiles the core, once per process and build.
 *
 * @throws {NearvecError} `NOT_SUPPORTED` when the runtime lacks the SIMD that the build needs.
 */
export async function loadCore(options: LoadOptions = {}): Promise<CoreModule> {
  const wanted = options.simd ?? "auto";
  const sparse = options.sparseModule && { sparse: options.sparseModule };
  if (options.module !== undefined) {
    return { module: options.module, build: wanted === "relaxed" ? "relaxed" : "simd", ...sparse };
  }
  if (wanted !== "plain" && (await relaxedSimd()))
    return { module: await compile("relaxed"), build: "relaxed", ...sparse };
  if (wanted === "relaxed") throw unsupported("relaxed SIMD", "Leave the option `simd` at `auto`.");
  if (!(await simd())) throw unsupported("SIMD", "Use Node 20 or later, or a current browser.");
  return { module: await compile("simd"), build: "simd", ...sparse };
}

function compile(build: Build): Promise<WebAssembly.Module> {
  let module = compiled.get(build);
  if (module === undefined) {
    module = compileAt(build === "relaxed" ? relaxedUrl() : plainUrl());
    compiled.set(build, module);
    module.catch(() => compiled.delete(build)); // the next call tries again
  }
  return module;
}

/** Compiles the module at a URL. */
export async function compileAt(url: URL): Promise<WebAssembly.Module> {
  if (url.protocol === "file:") {
    // Not a literal, nor what folds into one, so that bundlers for browsers don't try to resolve it.
    const fs = ["node:fs", "promises"].join("/");
    const { readFile }: { readFile(path: URL): Promise<Uint8Array<ArrayBuffer>> } = await import(
      /* webpackIgnore: true */ /* @vite-ignore */ fs
    );
    return WebAssembly.compile(await readFile(url));
  }
  const response = await fetch(url);
  if (!response.ok) {
    throw new NearvecError("INTERNAL", {
      what: `the core at ${url.href}`,
      got: `HTTP status ${response.status}`,
      expected: "a WebAssembly module",
      todo: "Serve the package's .wasm files beside its JavaScript, or let your bundler copy them.",
    });
  }
  // compileStreaming insists on the content type; servers that don't send it cost one copy, not a failure.
  if (response.headers.get("content-type")?.startsWith("application/wasm")) {
    return WebAssembly.compileStreaming(response);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}

function unsupported(what: string, todo: string): NearvecError {
  return new NearvecError("NOT_SUPPORTED", { what: `this runtime's WebAssembly has no ${what}`, todo });
}
