import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { estimatePayloadBytes, PayloadStore } from "../../src/payload/store.ts";

/** A payload of that length whose content tells which one it is. */
function payload(length: number, tag: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (tag + i * 7) & 0xff;
  return bytes;
}

/** A reproducible number from 0 up to below `limit`. */
function randomSource(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

function expectSame(store: PayloadStore, model: ReadonlyMap<number, Uint8Array>, offsets: number): void {
  for (let offset = 0; offset < offsets; offset++) {
    const expected = model.get(offset);
    const got = store.getBytes(offset);
    // Comparing buffers is much faster than comparing elements.
    const same =
      expected === undefined ? got === undefined : got !== undefined && Buffer.compare(got, expected) === 0;
    if (!same) expect(got).toStrictEqual(expected);
    expect(store.has(offset)).toBe(expected !== undefined);
  }
}

test("a payload comes back, a part of the given bytes", () => {
  const store = new PayloadStore();
  expect(store.getBytes(0)).toBeUndefined();
  store.set(7, new TextEncoder().encode('xx{"a":1}yy'), 2, 9);
  expect(new TextDecoder().decode(store.getBytes(7))).toBe('{"a":1}');
  expect(store.getBytes(6)).toBeUndefined();
  expect(store.getBytes(1_000_000)).toBeUndefined();
});

test("a payload is replaced, deleted, and not there twice", () => {
  const store = new PayloadStore();
  store.set(3, payload(10, 1), 0, 10);
  store.set(3, payload(600, 2), 0, 600);
  expect(store.getBytes(3)).toStrictEqual(payload(600, 2));
  expect(store.delete(3)).toBe(true);
  expect(store.delete(3)).toBe(false);
  expect(store.delete(99)).toBe(false);
  expect(store.getBytes(3)).toBeUndefined();
});

test("a payload far larger than a chunk works, and its memory goes with it", () => {
  const store = new PayloadStore();
  const large = payload(3_000_001, 5);
  store.set(0, large, 0, large.length);
  expect(Buffer.compare(store.getBytes(0) ?? new Uint8Array(), large)).toBe(0);
  expect(store.memoryBytes).toBeLessThan(large.length + 16 * 1024);
  store.delete(0);
  expect(store.memoryBytes).toBeLessThan(16 * 1024);
});

test("clear gives everything back, and the store goes on", () => {
  const store = new PayloadStore();
  for (let offset = 0; offset < 5000; offset++) store.set(offset, payload(500, offset), 0, 500);
  store.clear();
  expect(store.memoryBytes).toBeLessThan(1024);
  expect(store.getBytes(1)).toBeUndefined();
  store.set(1, payload(5, 5), 0, 5);
  expect(store.getBytes(1)).toStrictEqual(payload(5, 5));
});

test("deleting everything leaves next to nothing", () => {
  const store = new PayloadStore();
  for (let offset = 0; offset < 20_000; offset++) store.set(offset, payload(200, offset), 0, 200);
  for (let offset = 0; offset < 20_000; offset++) store.delete(offset);
  // The bookkeeping stays: 8 bytes an offset.
  expect(store.memoryBytes).toBeLessThan(20_000 * 8 + 300 * 1024);
});

test("no bytes are no payload", () => {
  const store = new PayloadStore();
  store.set(1, payload(9, 0), 0, 9);
  store.set(1, payload(9, 0), 4, 4);
  expect(store.has(1)).toBe(false);
});

test("replacing the only payload again and again takes no more memory", () => {
  const store = new PayloadStore();
  for (let step = 0; step < 1000; step++) {
    store.set(0, payload(50, step), 0, 50);
    if (step % 3 === 0) store.delete(0);
  }
  expect(store.getBytes(0)).toBeUndefined();
  expect(store.memoryBytes).toBeLessThan(8 * 1024);
});

test("a small payload after a large one that took the place of the open chunk", () => {
  const store = new PayloadStore();
  store.set(0, payload(50, 0), 0, 50);
  store.delete(0);
  store.set(0, payload(3_000_000, 0), 0, 3_000_000);
  store.set(1, payload(50, 0), 0, 50);
  expect(store.memoryBytes).toBeLessThan(3_000_000 + 256 * 1024);
});

test("a store does what a Map does", () => {
  const length = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 2, max: 120 }) },
    { weight: 3, arbitrary: fc.integer({ min: 2, max: 3000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 2, max: 70_000 }) },
  );
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.record({ offset: fc.nat({ max: 60 }), length, tag: fc.nat({ max: 255 }) }) },
    {
      weight: 3,
      arbitrary: fc.record({ offset: fc.nat({ max: 60 }), length: fc.constant(0), tag: fc.constant(0) }),
    },
    { weight: 1, arbitrary: fc.array(length, { maxLength: 20 }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600, size: "max" }), (steps) => {
      const store = new PayloadStore();
      const model = new Map<number, Uint8Array>();
      for (const each of steps) {
        if (Array.isArray(each)) store.reserve(Uint32Array.from(each), 64);
        else if (each.length === 0) expect(store.delete(each.offset)).toBe(model.delete(each.offset));
        else {
          const bytes = payload(each.length, each.tag);
          store.set(each.offset, bytes, 0, bytes.length);
          model.set(each.offset, bytes);
        }
        if (!Array.isArray(each) && each.tag % 3 === 0) store.tidy();
      }
      expectSame(store, model, 61);
    }),
    { numRuns: 100 },
  );
});

/** The bar: 1.3 times the JSON, and 64 bytes a point. */
const MOST_SHARE = 1.3;
const MOST_PER_POINT = 64;

describe("memory after random churn", () => {
  test.each([
    ["short payloads", 20_000, (random: (limit: number) => number) => 20 + random(100)],
    ["payloads of half a KB", 5000, (random: (limit: number) => number) => 300 + random(400)],
    [
      "payloads of all sizes",
      3000,
      (random: (limit: number) => number) => 2 ** (1 + random(13)) + random(40),
    ],
    [
      "payloads around the largest of a shared chunk",
      1500,
      (random: (limit: number) => number) => 14_000 + random(5000),
    ],
  ])("%s", (_, offsets, lengthOf) => {
    const random = randomSource(42);
    const store = new PayloadStore();
    const model = new Map<number, Uint8Array>();
    let bytes = 0;
    const expectLittle = () => {
      const most = MOST_SHARE * bytes + MOST_PER_POINT * model.size;
      // Bookkeeping also remains for deleted offsets, and a nearly empty store keeps one chunk.
      const kept = 8 * (offsets - model.size) + 16 * 1024;
      expect(store.memoryBytes).toBeLessThan(most + kept);
    };
    for (let step = 0; step < offsets * 6; step++) {
      const offset = random(offsets);
      bytes -= model.get(offset)?.length ?? 0;
      // Now and then many are deleted, then the store fills up again.
      if (random(10) < (step % (offsets * 2) < offsets ? 2 : 6)) {
        store.delete(offset);
        model.delete(offset);
      } else {
        const given = payload(lengthOf(random), step);
        store.set(offset, given, 0, given.length);
        model.set(offset, given);
        bytes += given.length;
      }
      store.tidy();
      if (step % 1000 === 0) expectLittle();
    }
    expectLittle();
    expectSame(store, model, offsets);
  });

  test("after replacing only", () => {
    const random = randomSource(5);
    const store = new PayloadStore();
    for (let step = 0; step < 60_000; step++) {
      store.set(step < 10_000 ? step : random(10_000), payload(300, step), 0, 300);
      if (step % 10 === 0) store.tidy();
    }
    store.tidy();
    expect(store.memoryBytes).toBeLessThan(10_000 * (MOST_SHARE * 300 + MOST_PER_POINT));
  });

  test("after deleting most, with nothing stored since", () => {
    const random = randomSource(3);
    const store = new PayloadStore();
    for (let offset = 0; offset < 20_000; offset++) store.set(offset, payload(200, offset), 0, 200);
    let left = 0;
    for (let offset = 0; offset < 20_000; offset++) {
      if (random(10) < 7) store.delete(offset);
      else left++;
    }
    store.tidy();
    expect(store.memoryBytes - 8 * (20_000 - left)).toBeLessThan(
      MOST_SHARE * 200 * left + MOST_PER_POINT * left,
    );
  });

  test("after batches for which room was reserved", () => {
    const random = randomSource(7);
    const store = new PayloadStore();
    let bytes = 0;
    for (let batch = 0; batch < 20; batch++) {
      const lengths = Uint32Array.from({ length: 500 }, () => (random(4) === 0 ? 0 : 50 + random(20_000)));
      store.reserve(lengths, (batch + 1) * 500);
      const reserved = store.memoryBytes;
      lengths.forEach((length, index) => {
        if (length > 0) store.set(batch * 500 + index, payload(length, index), 0, length);
        bytes += length;
      });
      // All that was needed had been set aside, but for the list of chunks.
      expect(store.memoryBytes).toBeLessThanOrEqual(reserved + 4096);
      store.tidy();
      expect(store.memoryBytes).toBeLessThan(MOST_SHARE * bytes + MOST_PER_POINT * 500 * (batch + 1));
    }
  });
});

test("the estimate is within a tenth of the truth", () => {
  for (const [count, length] of [
    [1000, 40],
    [20_000, 60],
    [20_000, 500],
    [500, 20_000],
  ] as const) {
    const random = randomSource(count);
    const store = new PayloadStore();
    for (let offset = 0; offset < count; offset++) {
      const size = Math.round(length * (0.5 + random(1000) / 1000));
      store.set(offset, payload(size, offset), 0, size);
    }
    expect(Math.abs(estimatePayloadBytes(count, length) / store.memoryBytes - 1)).toBeLessThan(0.1);
  }
});
