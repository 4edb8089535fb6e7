// Bundles src/ into dist/: ESM and CommonJS for each entry, the compiled modules beside them. (tsup.config.ts makes the types.)
//
// What `import "nearvec"` takes at once is one file, base.js, though much of it is shared with what is loaded on demand: a
// file for each set of modules that two others share, as bundlers make them, would compress a seventh worse.
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { rolldown } from "rolldown";
import { ENTRIES, PROGRAMS } from "./entries.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
const PUBLISHED_MODULES = ["core.wasm", "core.relaxed.wasm", "sparse.wasm"];
const SOURCE_PATH = '"../../build/wasm/';
const PUBLISHED_PATH = '"./wasm/';

/** The sources find the compiled modules in build/wasm/, the bundle in dist/wasm/; the expression stays literal for bundlers. */
const wasmPaths = {
  name: "wasm-paths",
  /** @param {string} code @param {string} id */
  transform(code, id) {
    if (!id.includes(`${sep}core${sep}`) || !id.endsWith("-url.ts")) return null;
    if (!code.includes(SOURCE_PATH)) throw new Error(`${id} no longer names ${SOURCE_PATH}…`);
    return { code: code.replaceAll(SOURCE_PATH, PUBLISHED_PATH) };
  },
};

/** What a module imports at once, itself included. */
class Closure {
  /** @type {Set<string> | undefined} */
  #modules;
  #entry;

  /** @param {string} entry */
  constructor(entry) {
    this.#entry = entry;
  }

  /**
   * @param {string} id
   * @param {(id: string) => { importedIds: readonly string[] } | null} moduleInfo
   */
  has(id, moduleInfo) {
    if (this.#modules === undefined) {
      this.#modules = new Set([this.#entry]);
      for (const each of this.#modules) {
        for (const imported of moduleInfo(each)?.importedIds ?? []) this.#modules.add(imported);
      }
    }
    return this.#modules.has(id);
  }
}

const { dependencies } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
/** @param {string} id */
const external = (id) =>
  id.startsWith("node:") ||
  Object.keys(dependencies).some((name) => id === name || id.startsWith(`${name}/`));

// A CommonJS file has no import.meta.url.
const MODULE_URL = '"use strict";\nconst __moduleUrl = require("node:url").pathToFileURL(__filename).href;';

/** @param {"esm" | "cjs"} format */
async function bundle(format) {
  const extension = format === "esm" ? "js" : "cjs";
  const base = new Closure(resolve(root, ENTRIES.index));
  const built = await rolldown({
    cwd: root,
    input: format === "esm" ? { ...ENTRIES, ...PROGRAMS } : ENTRIES,
    platform: "neutral",
    external,
    transform: {
      target: "es2022",
      ...(format === "cjs" && { define: { "import.meta.url": "__moduleUrl" } }),
    },
    plugins: [wasmPaths],
  });
  await built.write({
    dir: dist,
    format,
    cleanDir: format === "esm",
    entryFileNames: `[name].${extension}`,
    chunkFileNames: `[name].${extension}`,
    comments: { legal: false, annotation: true, jsdoc: false },
    ...(format === "cjs" && { banner: MODULE_URL }),
    codeSplitting: {
      groups: [
        {
          debugName: "base",
          /** @param {string} id @param {{ getModuleInfo(id: string): { importedIds: string[] } | null }} context */
          name: (id, context) => (base.has(id, (each) => context.getModuleInfo(each)) ? "base" : null),
        },
      ],
    },
  });
  await built.close();
}

/** An import of what only the running program knows. A minifier takes out the comments that tell bundlers so. */
const DYNAMIC_IMPORT = /import\((?!["'`)])/g;

/** Minifies all that was written: as they are, the files of both formats would be a third larger, packed. */
async function condense() {
  for (const name of await readdir(dist)) {
    if (!/\.c?js$/.test(name)) continue;
    const file = join(dist, name);
    const { code } = await transform(await readFile(file, "utf8"), { minify: true, target: "es2022" });
    await writeFile(
      file,
      code.replace(DYNAMIC_IMPORT, "import(/* webpackIgnore: true */ /* @vite-ignore */ "),
    );
  }
}

await bundle("esm");
await bundle("cjs");
await condense();

await mkdir(join(dist, "wasm"), { recursive: true });
for (const name of PUBLISHED_MODULES) {
  await copyFile(join(root, "build/wasm", name), join(dist, "wasm", name));
}
