import fc from "fast-check";
import type { PointId } from "../../src/points/ids.ts";

const bits = (count: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(count) - 1n });

function hyphenated(value: bigint): string {
  const hex = value.toString(16).padStart(32, "0");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** A UUID in the form in which it comes back: any, or one of those that differ in their last bits only. */
export const uuid: fc.Arbitrary<string> = fc
  .oneof(bits(128), fc.record({ high: fc.constantFrom(0n, 2n ** 71n - 1n), low: bits(5) }))
  .map((value) => hyphenated(typeof value === "bigint" ? value : (value.high << 57n) | value.low));

/** An integer id: small, beyond 32 bits, beyond 2^53, or close to others where doubles are coarse. */
const integerId: fc.Arbitrary<number | bigint> = fc
  .oneof(
    fc.nat({ max: 300 }),
    fc.nat(),
    fc.maxSafeNat(),
    bits(64),
    fc.bigInt({ min: 2n ** 63n, max: 2n ** 63n + 300n }),
  )
  .map((value) => (value <= Number.MAX_SAFE_INTEGER ? Number(value) : value));

/** Any id, in the form in which it comes back. */
export const anyId: fc.Arbitrary<PointId> = fc.oneof(integerId, uuid);
