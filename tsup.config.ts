import { copyFile, mkdir, readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";
import { defineConfig } from "tsup";

const SOURCE_PATH = '"../../build/wasm/';
const PUBLISHED_PATH = '"./wasm/';
const PUBLISHED_MODULES = ["core.wasm", "core.relaxed.wasm"];

/** The sources find the compiled modules in build/wasm/, the bundle in dist/wasm/; the expression stays literal for bundlers. */
const wasmPaths: Plugin = {
  name: "wasm-paths",
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]core[\\/]wasm-url\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      if (!text.includes(SOURCE_PATH)) throw new Error(`${path} no longer names ${SOURCE_PATH}…`);
      return { contents: text.replaceAll(SOURCE_PATH, PUBLISHED_PATH), loader: "ts" };
    });
  },
};

export default defineConfig({
  entry: ["src/index.ts"],
  format: ["esm", "cjs"],
  target: "es2022",
  platform: "neutral",
  dts: true,
  clean: true,
  // Filters are a file of their own, loaded when the first request has one.
  splitting: true,
  treeshake: false,
  sourcemap: false,
  esbuildPlugins: [wasmPaths],
  esbuildOptions(options, { format }) {
    options.legalComments = "none";
    options.charset = "utf8";
    // A CommonJS file has no import.meta.url. (tsup's own shim breaks on paths with a `#` or a `%`.)
    if (format === "cjs") options.define = { ...options.define, "import.meta.url": "__moduleUrl" };
  },
  banner: ({ format }) =>
    format === "cjs"
      ? { js: '"use strict";\nconst __moduleUrl = require("node:url").pathToFileURL(__filename).href;' }
      : {},
  async onSuccess() {
    await mkdir("dist/wasm", { recursive: true });
    for (const name of PUBLISHED_MODULES) await copyFile(`build/wasm/${name}`, `dist/wasm/${name}`);
  },
});
