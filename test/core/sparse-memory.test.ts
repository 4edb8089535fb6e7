import { describe, expect, test } from "vitest";
import { LAYOUT, PAGE, type SparseExports, Status } from "../../src/core/abi.ts";
import { NearvecError } from "../../src/errors.ts";
import { SparseSpace } from "../../src/vectors/kinds/sparse-space.ts";
import type { SparseVector } from "../../src/vectors/rows.ts";
import { NaiveSparse, rowsOf, sparse, zipfian } from "./sparse-support.ts";
import { allowDebugBuild, BUILDS, instance, testingCore } from "./support.ts";

allowDebugBuild();

const CONFIG = { kind: "sparse", idf: false, datatype: "float32", seed: 1 } as const;
const ORDER = ["not made", "filled", "large enough"];
const ask = { limit: 20, ef: 0, exact: false };

function isOutOfMemory(error: unknown): boolean {
  if (error instanceof NearvecError && error.code === "OUT_OF_MEMORY") return true;
  throw error;
}

/** Stores the vectors as those of the offsets from `first` on. False, and nothing changed, when there is no memory. */
function stored(space: SparseSpace, first: number, vectors: readonly SparseVector[]): boolean {
  const rows = rowsOf(vectors);
  try {
    space.reserveRows(rows, first + vectors.length);
  } catch (error) {
    return !isOutOfMemory(error);
  }
  vectors.forEach((_, row) => {
    space.store(first + row, rows, row);
  });
  return true;
}

describe.each(BUILDS)("%s", (build) => {
  test("where memory ends, storing fails before it begins, and all else goes on", async () => {
    const module = await testingCore(build);
    const { vectors } = zipfian({ count: 1200, seed: 5, dimensions: 2000, shortest: 1, longest: 40 });
    const [query] = zipfian({ count: 1, seed: 6, dimensions: 2000, shortest: 12, longest: 12 }).vectors;
    const outcomes: string[] = [];
    for (let pages = 1; pages < 24; pages++) {
      let space: SparseSpace;
      try {
        space = SparseSpace.create(module, { ...CONFIG, maxBytes: pages * PAGE });
      } catch (error) {
        expect(isOutOfMemory(error)).toBe(true);
        outcomes.push("not made");
        continue;
      }
      const model = new NaiveSparse(false);
      let failures = 0;
      for (let first = 0; first < vectors.length; ) {
        const batch = vectors.slice(first, first + 30);
        if (stored(space, first, batch)) {
          for (const [row, vector] of batch.entries()) model.set(first + row, vector);
          first += batch.length;
        } else if (failures++ === 3) {
          break;
        } else {
          // A smaller one may still have room.
          const [single] = batch as [SparseVector];
          if (stored(space, first, [single])) model.set(first++, single);
        }
      }
      outcomes.push(failures > 0 ? "filled" : "large enough");
      expect(space.memoryBytes).toBeLessThan((pages + 1) * PAGE);
      expect(space.liveCount).toBe(model.size);
      for (let offset = 0; offset < vectors.length; offset += 7) {
        expect(space.get(offset)).toEqual(model.get(offset));
      }
      let found: number[] = [];
      try {
        found = [...space.search(query as SparseVector, ask).offsets];
      } catch (error) {
        expect(isOutOfMemory(error)).toBe(true); // for scratch
        continue;
      }
      expect(found).toEqual(model.search(query as SparseVector, 20).map(({ offset }) => offset));
    }
    // From one to the next as the limit rises, and each of them.
    expect(outcomes.toSorted((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b))).toEqual(outcomes);
    expect(new Set(outcomes).size).toBe(3);
    expect(outcomes.filter((outcome) => outcome === "filled").length).toBeGreaterThan(8);
  });

  test("a rebuild that finds no memory is put off; one that does gives memory back", async () => {
    const module = await testingCore(build);
    const { vectors } = zipfian({ count: 3000, seed: 7, dimensions: 500, shortest: 10, longest: 40 });
    const config = { ...CONFIG, vacuumMinVectors: 100 };
    const full = SparseSpace.create(module, config);
    expect(stored(full, 0, vectors)).toBe(true);
    const { memoryBytes } = full;
    for (let offset = 0; offset < 2500; offset++) full.remove(offset);
    expect(full.rebuildDue).toBe(true);
    let slices = 0;
    for (; full.rebuildDue; slices++) full.rebuildSome(1000, true);
    expect(slices).toBeGreaterThan(10);
    expect([full.liveCount, full.tombstoneCount]).toEqual([500, 0]);
    expect(full.memoryBytes).toBeLessThan(memoryBytes / 2);
    expect(full.get(2600)).toEqual(vectors[2600]);

    // Each memory has its limit, so a rebuild can only fail where more is alive than fits: it gets no memory at all.
    const refusing = SparseSpace.create(module, config);
    stored(refusing, 0, vectors);
    for (let offset = 0; offset < 1000; offset++) refusing.remove(offset);
    const { Memory } = WebAssembly;
    WebAssembly.Memory = class {
      constructor() {
        throw new RangeError("no address space");
      }
    } as unknown as typeof WebAssembly.Memory;
    try {
      expect(refusing.rebuildDue).toBe(true);
      refusing.rebuildSome(1000, true);
    } finally {
      WebAssembly.Memory = Memory;
    }
    expect(refusing.rebuildDue).toBe(false);
    expect(refusing.get(1000)).toEqual(vectors[1000]);
    for (let offset = 1000; offset < 2001; offset++) refusing.remove(offset);
    expect(refusing.rebuildDue).toBe(true);
  });
});

test("reservations that are not used don't add up", async () => {
  const space = SparseSpace.create(await testingCore("core.wasm"), CONFIG);
  const { vectors, rows } = zipfian({ count: 500, seed: 8, dimensions: 300, shortest: 10, longest: 20 });
  space.reserveRows(rows, 500);
  const { memoryBytes } = space;
  for (let i = 0; i < 50; i++) space.reserveRows(rows, 500);
  expect(space.memoryBytes).toBe(memoryBytes);
  expect(stored(space, 0, vectors)).toBe(true);
  expect(space.memoryBytes).toBe(memoryBytes);
});

test("a table that grows into scratch that was used is empty all the same", async () => {
  const space = SparseSpace.create(await testingCore("core.debug.wasm"), CONFIG);
  const everything = { ...ask, allowed: new Uint32Array(5000).fill(0xffffffff) };
  const put = (offset: number, index: number) => stored(space, offset, [sparse([index], [1])]);
  // A bitmap of 8 KiB makes way for one of 16 KiB, and the table of dimensions grows from 4 to 8 KiB.
  put(65_000, 1);
  space.search(sparse([1], [1]), everything);
  put(130_000, 1);
  space.search(sparse([1], [1]), everything);
  for (let index = 2; index < 500; index++) put(index, index);
  for (let index = 2; index < 500; index++) {
    expect([...space.search(sparse([index, 2 ** 31 + index], [1, 1]), ask).offsets]).toEqual([index]);
  }
});

test("a memory that may grow a little, but not by a sixteenth, grows a little", async () => {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 66 });
  const { module } = await testingCore("core.wasm");
  const core = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as SparseExports;
  expect(core.sparseInit(65536)).toBe(0);
  expect(core.attach()).toBe(0);
  let vectors = 0;
  while (core.sparseReserve(vectors + 1000, 0) === 0) vectors += 1000;
  expect(memory.buffer.byteLength / PAGE).toBe(66);
});

test("a closed space says so", async () => {
  const space = SparseSpace.create(await testingCore("core.wasm"), CONFIG);
  stored(space, 0, [sparse([1], [1])]);
  space.close();
  const closed = expect.objectContaining({ code: "CLOSED" });
  expect(() => space.search(sparse([1], [1]), ask)).toThrow(closed);
  expect(() => space.get(0)).toThrow(closed);
  expect(() => space.remove(0)).toThrow(closed);
  expect(() => stored(space, 0, [sparse([1], [1])])).toThrow(closed);
});

test("the core refuses to store beyond a reservation", async () => {
  const { core } = await instance("core.debug.wasm", 2);
  expect(core.sparseInit(65536)).toBe(0);
  expect(core.attach()).toBe(0);
  expect(core.sparseReserve(1, 2)).toBe(0);
  expect(core.sparseRow(3000)).toBeGreaterThan(0);
  expect(core.sparseStore(0, 3000)).toBe(Status.BAD_ARGUMENT);
  expect(core.sparseReserve(2 ** 26, 1)).toBe(Status.SPACE_FULL);
  expect(core.sparseReserve(1, 0xffffffff)).toBe(Status.OUT_OF_MEMORY);
  expect(core.sparseRow(2 ** 29)).toBe(0);
  expect(core.sparseTerms(2 ** 28, 10)).toBe(0);
  expect(core.sparseStore(0, 0)).toBe(LAYOUT.FIRST_SLOT);
});
