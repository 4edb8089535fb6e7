import { describe, expect, test } from "vitest";
import { LAYOUT, METRIC, NONE, Status } from "../../src/core/abi.ts";
import { IMAGE } from "../../src/core/space-image.ts";
import { SPARSE_IMAGE } from "../../src/core/sparse-image.ts";
import { blockShape } from "../../src/vectors/estimate.ts";
import { instance } from "./support.ts";

/** The constants of assembly/layout.ts, status.ts and blocks.ts, which the testing build exports as globals. */
async function constants(): Promise<Record<string, number>> {
  const { core } = await instance("core.wasm");
  const entries = Object.entries(core as unknown as Record<string, unknown>)
    .filter((entry): entry is [string, WebAssembly.Global] => entry[1] instanceof WebAssembly.Global)
    .map(([name, global]) => [name, global.value as number] as const);
  return Object.fromEntries(entries);
}

describe("the TypeScript mirror", () => {
  test("has the numbers of assembly/layout.ts", async () => {
    const actual = await constants();
    for (const [name, value] of Object.entries({ ...LAYOUT, ...IMAGE, ...SPARSE_IMAGE })) {
      expect([name, actual[name]]).toEqual([name, value]);
    }
    expect((actual.NONE as number) >>> 0).toBe(NONE);
    for (const [name, value] of Object.entries(METRIC)) {
      expect([name, actual[name.toUpperCase()]]).toEqual([name, value]);
    }
  });

  test("has the numbers of assembly/status.ts", async () => {
    const actual = await constants();
    for (const [name, value] of Object.entries(Status)) expect([name, actual[name]]).toEqual([name, value]);
  });

  test("derives the shape of blocks as the core does", async () => {
    const header = (memory: WebAssembly.Memory, at: number) =>
      new DataView(memory.buffer).getUint32(at, true);
    const { H_BLOCK_SHIFT, H_FIRST_SLOTS } = (await constants()) as {
      H_BLOCK_SHIFT: number;
      H_FIRST_SLOTS: number;
    };
    for (const size of [1, 3, 4, 100, 384, 784, 1536, 4096, 65536]) {
      for (const m of [0, 2, 16, 100, 512]) {
        const { core, memory } = await instance("core.wasm", 4);
        expect(core.init(size, METRIC.Dot, m, 100, 1, 65536)).toBe(0);
        const { first, slots } = blockShape(size, m);
        expect([size, m, 2 ** header(memory, H_BLOCK_SHIFT)]).toEqual([size, m, slots]);
        expect([size, m, header(memory, H_FIRST_SLOTS)]).toEqual([size, m, first]);
      }
    }
  });
});

describe("the block table", () => {
  test("is large enough for 4 GiB of any shape", () => {
    for (let size = 1; size <= LAYOUT.MAX_DIMENSION; size = Math.ceil(size * 1.01)) {
      for (const m of [0, 2, 16, LAYOUT.MAX_M]) {
        const { slotBytes, slots } = blockShape(size, m);
        const blocks = 1 + Math.ceil(2 ** 32 / (slotBytes * slots));
        expect([size, m, blocks <= LAYOUT.BLOCK_TABLE_ENTRIES + 1]).toEqual([size, m, true]);
      }
    }
  });
});

test("init refuses what it cannot lay out", async () => {
  const { core } = await instance("core.wasm", 4);
  const refused = Status.BAD_ARGUMENT;
  expect(core.init(0, 0, 16, 100, 1, 65536)).toBe(refused);
  expect(core.init(65537, 0, 16, 100, 1, 65536)).toBe(refused);
  expect(core.init(4, 4, 16, 100, 1, 65536)).toBe(refused);
  expect(core.init(4, 0, 1, 100, 1, 65536)).toBe(refused);
  expect(core.init(4, 0, 513, 100, 1, 65536)).toBe(refused);
  expect(core.init(4, 0, 16, 0, 1, 65536)).toBe(refused);
  expect(core.init(4, 0, 16, 65537, 1, 65536)).toBe(refused);
});
