import { expect, test } from "vitest";
import { openBytes } from "../../src/storage/bytes.ts";
import { expectCode, pattern, same } from "./contract.ts";

const all = pattern(10_000, 1);
const ranges = {
  size: all.length,
  read: async (from: number, length: number) => all.subarray(from, from + length),
};

test.each([
  ["bytes", all],
  ["a view", new Uint8Array(pattern(10_000, 1).buffer, 0, 10_000)],
  ["ranges", ranges],
])("reads from %s, into memory of its own", async (_, source) => {
  const file = openBytes(source);
  expect(file.size).toBe(10_000);
  for (const [from, length] of [
    [0, 10_000],
    [3, 77],
    [10_000, 0],
    [9_999, 1],
  ] as const) {
    const bytes = await file.read(from, length);
    expect(same(bytes, all.subarray(from, from + length))).toBe(true);
    expect(bytes.byteOffset % 8).toBe(0);
    bytes.fill(0);
  }
  expect(same(await file.read(0, 10_000), pattern(10_000, 1))).toBe(true);
  for (const [from, length] of [
    [0, 10_001],
    [-1, 1],
    [Number.NaN, 1],
    [1, 0.5],
  ] as const) {
    await expectCode("STORAGE_FAILED", file.read(from, length));
  }
  await file.close();
  await file.close();
  await expectCode("CLOSED", file.read(0, 1));
});

test("a source that fails, or answers too little or too much, is an error that names it", async () => {
  const cause = new Error("the network is down");
  const failing = openBytes({ size: 10, read: () => Promise.reject(cause) }, "words.snapshot");
  await expect(failing.read(0, 10)).rejects.toMatchObject({
    code: "STORAGE_FAILED",
    cause,
    details: { subject: { file: "words.snapshot" }, got: "the network is down" },
  });
  for (const length of [0, 9, 11]) {
    const wrong = openBytes({ size: 10, read: async () => new Uint8Array(length) });
    await expectCode("STORAGE_FAILED", wrong.read(0, 10));
  }
});
