// Compiles assembly/ to build/wasm/. One source, several modules: what differs is the target's features.
//
//   node build/core.mjs            core.wasm, core.relaxed.wasm, sparse.wasm: what is published
//   node build/core.mjs --debug    also core.debug.wasm: asserts on, names kept; for tests
//   node build/core.mjs --shared   also core.shared.wasm, core.shared.relaxed.wasm: for threads
//
// The modules import `env.memory` and nothing else (the debug build `env.abort` too), hold no data segment and no allocator;
// test/package/modules.test.ts reads what comes out and fails otherwise.
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

// Where the compiler may place static data, which is what the debug build's asserts say: in the part of the first page that
// assembly/layout.ts leaves unused. test/package/modules.test.ts checks that it ends with that page.
const MEMORY_BASE = "28672";

const SIMD = ["--enable", "simd"];
const RELAXED = ["--enable", "relaxed-simd"];
// A shared memory needs a maximum; 65,536 pages are the 4 GiB that a 32-bit address reaches.
const SHARED = ["--enable", "threads", "--sharedMemory", "--maximumMemory", "65536"];

const RELEASE = ["--optimizeLevel", "3", "--shrinkLevel", "0", "--noAssert", "--use", "abort="];
const DEBUG = ["--optimizeLevel", "1", "--shrinkLevel", "0", "--debug"];

const COMMON = [
  ...["--runtime", "stub"],
  ...["--importMemory", "--noExportMemory", "--initialMemory", "1", "--memoryBase", MEMORY_BASE],
  // 201: conversion from usize to u32 or i32, which is exact in a 32-bit memory.
  ...["--disableWarning", "201"],
];

/** @type {Readonly<Record<string, readonly string[]>>} */
export const MODULES = {
  "sparse.wasm": [...RELEASE, ...SIMD],
  "core.wasm": [...RELEASE, ...SIMD],
  "core.relaxed.wasm": [...RELEASE, ...SIMD, ...RELAXED],
  "core.debug.wasm": [...DEBUG, ...SIMD],
  "core.shared.wasm": [...RELEASE, ...SIMD, ...SHARED],
  "core.shared.relaxed.wasm": [...RELEASE, ...SIMD, ...RELAXED, ...SHARED],
};

/** @param {string} name */
function entryOf(name) {
  return name.startsWith("sparse.") ? "assembly/sparse/module.ts" : "assembly/index.ts";
}

/**
 * Compiles one module and returns its bytes; the compiler's messages are the error's text.
 *
 * @param {string} name a key of MODULES
 * @param {{ entry?: string, baseDir?: string }} [options]
 */
export async function compile(name, { entry = entryOf(name), baseDir = root } = {}) {
  const flags = MODULES[name];
  if (!flags) throw new Error(`no module ${name}; known: ${Object.keys(MODULES).join(", ")}`);
  /** @type {Uint8Array | undefined} */
  let bytes;
  const { error, stdout, stderr } = await asc.main(
    [entry, "--baseDir", baseDir, "--outFile", name, ...COMMON, ...flags],
    {
      readFile: (file, dir) => readFile(join(dir, file), "utf8").catch(() => null),
      writeFile: (file, contents) => {
        if (file === name && typeof contents !== "string") bytes = contents;
      },
      listFiles: () => [],
    },
  );
  const messages = `${stdout}${stderr}`.trim();
  if (error || !bytes) throw new Error(`${name} did not compile:\n${messages || error?.message}`);
  if (messages) console.warn(messages);
  return bytes;
}

/** @param {readonly string[]} flags */
async function main(flags) {
  const unknown = flags.find((flag) => flag !== "--debug" && flag !== "--shared");
  if (unknown) throw new Error(`unknown option ${unknown}; known: --debug, --shared`);
  const wanted = Object.keys(MODULES).filter((name) =>
    name.includes("debug")
      ? flags.includes("--debug")
      : !name.includes("shared") || flags.includes("--shared"),
  );
  const directory = join(root, "build", "wasm");
  await mkdir(directory, { recursive: true });
  for (const name of wanted) {
    const started = performance.now();
    const bytes = await compile(name);
    // Renamed into place, so that a reader never sees half a module.
    const partial = join(directory, `.${name}.${process.pid}`);
    await writeFile(partial, bytes);
    await rename(partial, join(directory, name));
    console.log(`${name} ${bytes.length} bytes, ${Math.round(performance.now() - started)} ms`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(process.argv.slice(2)).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
