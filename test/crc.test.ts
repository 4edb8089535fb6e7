import fc from "fast-check";
import { expect, test } from "vitest";
import { byTables, crc32 } from "../src/crc.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("the tables give the values that everybody's CRC-32 gives", () => {
  expect(byTables(bytes(""))).toBe(0);
  expect(byTables(bytes("123456789"))).toBe(0xcbf43926);
  expect(byTables(bytes("The quick brown fox jumps over the lazy dog"))).toBe(0x414fa339);
});

test("the runtime's own and the tables agree, at any length, alignment and beginning", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.nat(20),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      (all, from, before) => {
        const some = all.subarray(Math.min(from, all.length));
        expect(byTables(some, before)).toBe(crc32(some, before));
      },
    ),
    { numRuns: 500 },
  );
});

test("a checksum can be taken in parts", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (all, at) => {
      expect(byTables(all.subarray(at), byTables(all.subarray(0, at)))).toBe(byTables(all));
    }),
  );
});
