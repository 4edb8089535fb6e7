import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { dataSegments, functionNames, importedMemory, SECTION, sections } from "./wasm-binary.ts";

const read = (name: string) => readFile(new URL(`../../build/wasm/${name}`, import.meta.url));

// AssemblyScript's allocators and collector; a core that reached one would write over memory that it lays out itself.
const ALLOCATOR = /(^|\/)(__new|__renew|__alloc|__realloc|__free|__pin|__unpin|__collect|__link|__visit)$/;

// The part of the first page that the layout leaves to the compiler: --memoryBase in build/core.mjs to the page's end.
const STATIC_START = 28672;
const STATIC_END = 65536;

describe.each(["core.wasm", "core.relaxed.wasm", "sparse.wasm"])("%s", (name) => {
  test("imports its memory and nothing else", async () => {
    const module = await WebAssembly.compile(await read(name));
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
    expect(importedMemory(await read(name))).toEqual({ shared: false, initial: 1 });
  });

  test("exports functions, none of them an allocator", async () => {
    const exports = WebAssembly.Module.exports(await WebAssembly.compile(await read(name)));
    expect(exports.length).toBeGreaterThan(0);
    expect(exports.filter((entry) => entry.kind !== "function")).toEqual([]);
    expect(exports.filter((entry) => ALLOCATOR.test(entry.name) || entry.name.startsWith("__"))).toEqual([]);
  });

  test("writes nothing when it is instantiated", async () => {
    const module = await read(name);
    expect(dataSegments(module)).toEqual([]);
    expect(sections(module).filter(({ id }) => id === SECTION.start || id === SECTION.data)).toEqual([]);

    const memory = new WebAssembly.Memory({ initial: 1 });
    await WebAssembly.instantiate(module, { env: { memory } });
    expect(new Uint8Array(memory.buffer).every((byte) => byte === 0)).toBe(true);
  });

  test("keeps no names and takes at most 12 KB gzipped", async () => {
    const module = await read(name);
    expect(functionNames(module)).toEqual([]);
    expect(gzipSync(module, { level: 9 }).length).toBeLessThanOrEqual(12_000);
  });
});

describe("core.debug.wasm", () => {
  test("imports abort besides its memory", async () => {
    const imports = WebAssembly.Module.imports(await WebAssembly.compile(await read("core.debug.wasm")));
    const allowed = ["env.abort function", "env.memory memory"];
    const found = imports.map((entry) => `${entry.module}.${entry.name} ${entry.kind}`);
    expect(found).toContain("env.memory memory");
    expect(found.filter((entry) => !allowed.includes(entry))).toEqual([]);
  });

  test("keeps the texts of its asserts where the layout has room for them", async () => {
    for (const { start, end } of dataSegments(await read("core.debug.wasm"))) {
      expect(start).toBeGreaterThanOrEqual(STATIC_START);
      expect(end).toBeLessThanOrEqual(STATIC_END);
    }
  });

  test("uses no allocator: its names show what the release builds hide", async () => {
    const names = functionNames(await read("core.debug.wasm"));
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => ALLOCATOR.test(name))).toEqual([]);
  });

  test("offers what the release builds offer", async () => {
    const offers = async (name: string) =>
      WebAssembly.Module.exports(await WebAssembly.compile(await read(name)))
        .map((entry) => entry.name)
        .sort();
    const debug = await offers("core.debug.wasm");
    expect(await offers("core.wasm")).toEqual(debug);
    expect(await offers("core.relaxed.wasm")).toEqual(debug);
  });
});
