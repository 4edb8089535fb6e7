import fc from "fast-check";
import { expect, test } from "vitest";
import { hasBit } from "../../src/bits.ts";
import { FilterScan, type ScannedPoints } from "../../src/collection/filter-scan.ts";
import { parseFilter } from "../../src/filters/parse.ts";

const utf8 = new TextEncoder();

/** Points whose payload is a number, or nothing where they were deleted. */
class Numbers implements ScannedPoints {
  readonly values: (number | undefined)[];
  readonly long: string;

  /** @param long how long payloads are */
  constructor(values: (number | undefined)[], long = 0) {
    this.values = values;
    this.long = "x".repeat(long);
  }

  get end(): number {
    return this.values.length;
  }

  get live(): Uint32Array {
    const live = new Uint32Array(Math.ceil(this.values.length / 32) + 1);
    this.values.forEach((value, o) => {
      if (value !== undefined) live[o >>> 5] = (live[o >>> 5] as number) | (1 << (o & 31));
    });
    return live;
  }

  idAt(offset: number): number {
    return offset;
  }

  payloadBytesAt(offset: number): Uint8Array {
    return utf8.encode(JSON.stringify({ n: this.values[offset], long: this.long }));
  }

  hasVector(): boolean {
    return false;
  }
}

const small = parseFilter({ must: { key: "n", range: { lt: 50 } } }, "filter");
const value = fc.option(fc.nat(99), { nil: undefined });

test("a scan in slices, with writes in between, answers as of its end", () => {
  fc.assert(
    fc.property(
      fc.array(value, { maxLength: 300 }),
      fc.array(fc.tuple(fc.nat(320), value), { maxLength: 40 }),
      fc.constantFrom(0, 1500, 5000),
      (values, writes, long) => {
        const points = new Numbers([...values], long);
        const scan = new FilterScan(points, small);
        const pending = [...writes];
        // A clock that always says that the slice is over: one word of the bitmap at a time, or a few long payloads.
        while (!scan.run(() => true)) {
          for (const [offset, next] of pending.splice(0, 3)) {
            while (points.values.length <= offset) points.values.push(undefined);
            points.values[offset] = next;
            scan.note(offset);
          }
        }
        const { bitmap, count } = scan.finish();
        const expected = points.values.flatMap((n, o) => (n !== undefined && n < 50 ? [o] : []));
        expect(points.values.flatMap((_, o) => (hasBit(bitmap, o) ? [o] : []))).toEqual(expected);
        expect(count).toBe(expected.length);
      },
    ),
  );
});

test("what indexes know is not asked, unless it changes", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(value, fc.boolean()), { maxLength: 300 }),
      fc.array(fc.tuple(fc.nat(320), value), { maxLength: 40 }),
      (values, writes) => {
        const points = new Numbers(values.map(([value]) => value));
        const words = Math.ceil(values.length / 32);
        const [sure, open] = [new Uint32Array(words), new Uint32Array(words)];
        let sureCount = 0;
        for (const [offset, [value, isKnown]] of values.entries()) {
          const bitmap = isKnown ? sure : open;
          if (isKnown && (value === undefined || value >= 50)) continue;
          bitmap[offset >>> 5] = (bitmap[offset >>> 5] as number) | (1 << (offset & 31));
          if (isKnown) sureCount++;
        }
        const asked = new Set<number>();
        const payloadBytesAt = points.payloadBytesAt.bind(points);
        points.payloadBytesAt = (offset) => {
          asked.add(offset);
          return payloadBytesAt(offset);
        };
        const scan = new FilterScan(points, small, { sure, open, sureCount });
        const pending = [...writes];
        const written = new Set<number>();
        while (!scan.run(() => true)) {
          for (const [offset, next] of pending.splice(0, 3)) {
            while (points.values.length <= offset) points.values.push(undefined);
            points.values[offset] = next;
            written.add(offset);
            scan.note(offset);
          }
        }
        const { bitmap, count } = scan.finish();
        const expected = points.values.flatMap((n, o) => (n !== undefined && n < 50 ? [o] : []));
        expect(points.values.flatMap((_, o) => (hasBit(bitmap, o) ? [o] : []))).toEqual(expected);
        expect(count).toBe(expected.length);
        for (const offset of asked) expect(written.has(offset) || values[offset]?.[1] === false).toBe(true);
      },
    ),
  );
});

test("a slice ends soon after its time", () => {
  const scan = new FilterScan(new Numbers(Array.from({ length: 10_000 }, (_, i) => i % 100)), small);
  let looks = 0;
  let slices = 1;
  while (!scan.run(() => ++looks % 10 === 0)) slices++;
  expect(slices).toBeGreaterThan(20);
  expect(scan.finish().count).toBe(5000);
});

test("large payloads are reason to look at the clock, however few they are", () => {
  const points = new Numbers(
    Array.from({ length: 64 }, (_, i) => i),
    5000,
  );
  const scan = new FilterScan(points, small);
  let slices = 1;
  while (!scan.run(() => true)) slices++;
  expect(slices).toBeGreaterThanOrEqual(64);
  expect(scan.finish().count).toBe(50);
  // Those that changed are asked again; few are: `finish` may do it at once.
  const again = new FilterScan(points, small);
  while (!again.run(() => false));
  for (let offset = 0; offset < 20; offset++) again.note(offset);
  let looks = 0;
  again.run(() => ++looks >= 100);
  expect(looks).toBe(20);
});
