import fc from "fast-check";
import { expect, test } from "vitest";
import { inSlice, sipHash } from "../../src/filters/slice.ts";
import type { PointId } from "../../src/points/ids.ts";
import { anyId } from "../points/arbitraries.ts";

/** From the paper's reference implementation: key 00 01 … 0f, messages 00 01 …, by their length. */
test.each([
  [0, "310e0edd47db6f72"],
  [8, "6224939a79f5f593"],
  [16, "db9bc2577fcc2a3f"],
])("SipHash-2-4 of %i bytes", (length, hex) => {
  const bytes = Uint8Array.from({ length: 16 }, (_, i) => i);
  const words = new Uint32Array(bytes.buffer);
  const out = Uint32Array.from(sipHash(words, words.subarray(0, length / 4)));
  expect(Buffer.from(out.buffer).toString("hex")).toBe(hex);
});

const U64 = (value: bigint) => BigInt.asUintN(64, value);

/** The same in bigints, with a key of zeros, as the paper writes it. */
function naiveHash(bytes: readonly number[]): bigint {
  let [v0, v1, v2, v3] = [0x736f6d6570736575n, 0x646f72616e646f6dn, 0x6c7967656e657261n, 0x7465646279746573n];
  const turned = (value: bigint, by: bigint) => U64((value << by) | (value >> (64n - by)));
  const rounds = (count: number) => {
    for (let i = 0; i < count; i++) {
      v0 = U64(v0 + v1);
      v2 = U64(v2 + v3);
      v1 = turned(v1, 13n) ^ v0;
      v3 = turned(v3, 16n) ^ v2;
      v0 = turned(v0, 32n);
      v2 = U64(v2 + v1);
      v0 = U64(v0 + v3);
      v1 = turned(v1, 17n) ^ v2;
      v3 = turned(v3, 21n) ^ v0;
      v2 = turned(v2, 32n);
    }
  };
  const padded = [...bytes, 0, 0, 0, 0, 0, 0, 0, bytes.length];
  for (let i = 0; i < padded.length; i += 8) {
    const block = padded.slice(i, i + 8).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    v3 ^= block;
    rounds(2);
    v0 ^= block;
  }
  v2 ^= 0xffn;
  rounds(4);
  return v0 ^ v1 ^ v2 ^ v3;
}

function bytesOf(id: PointId): number[] {
  if (typeof id === "string") return [...Buffer.from(id.replaceAll("-", ""), "hex")];
  return Array.from({ length: 8 }, (_, i) => Number((BigInt(id) >> BigInt(8 * i)) & 0xffn));
}

test("an id is in the slice of its hash, and in no other", () => {
  const total = fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 2 ** 32 - 1 }));
  fc.assert(
    fc.property(anyId, total, (id, total) => {
      const index = Number(naiveHash(bytesOf(id)) % BigInt(total));
      expect(inSlice(id, { total, index })).toBe(true);
      if (total > 1) expect(inSlice(id, { total, index: (index + 1) % total })).toBe(false);
    }),
  );
});
