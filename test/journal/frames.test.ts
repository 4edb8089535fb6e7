import fc from "fast-check";
import { expect, test } from "vitest";
import {
  decodeFrame,
  encodeFrame,
  encodeHeader,
  FRAME_BYTES,
  Frame,
  padded,
} from "../../src/journal/frame.ts";
import { FrameReader } from "../../src/journal/frame-reader.ts";
import { openBytes } from "../../src/storage/bytes.ts";

const header = fc.record({
  kind: fc.integer({ min: 0, max: 65535 }),
  part: fc.integer({ min: 0, max: 65535 }),
  a: fc.maxSafeNat(),
  b: fc.maxSafeNat(),
});
const frames = fc.array(fc.tuple(header, fc.uint8Array({ maxLength: 100 })), { minLength: 1, maxLength: 8 });

function concatenated(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

test("frames come back as they were, in one piece or two", async () => {
  await fc.assert(
    fc.asyncProperty(frames, async (list) => {
      const written = list.flatMap(([head, body], i) =>
        i % 2 === 0
          ? [encodeFrame(head, body)]
          : [encodeHeader(head, body), body, new Uint8Array(padded(body.length) - body.length)],
      );
      const reader = new FrameReader(openBytes(concatenated(written)));
      for (const [head, body] of list) {
        const frame = await reader.next();
        expect(frame).toMatchObject(head);
        expect([...(frame?.body ?? [])]).toEqual([...body]);
        expect((frame?.body.byteOffset ?? 1) % 8).toBe(0);
      }
      expect(await reader.next()).toBeUndefined();
      expect(reader.atEnd).toBe(true);
    }),
  );
});

test("a change of any bit is noticed", () => {
  const frame = encodeFrame({ kind: Frame.RECORD, part: 3, a: 2 ** 40, b: 77 }, Uint8Array.of(1, 2, 3, 4, 5));
  for (let byte = 0; byte < FRAME_BYTES + 5; byte++) {
    for (let bit = 0; bit < 8; bit++) {
      const changed = frame.slice();
      changed[byte] = (changed[byte] as number) ^ (1 << bit);
      expect(decodeFrame(changed, 0, 0), `bit ${bit} of byte ${byte}`).toBeUndefined();
    }
  }
  expect(decodeFrame(frame, 0, 0)?.b).toBe(77);
});

test("what is cut off is no frame, and frames behind damage are found", async () => {
  const first = encodeFrame({ kind: Frame.RECORD, part: 0, a: 1, b: 0 }, new Uint8Array(20).fill(7));
  const second = encodeFrame({ kind: Frame.RECORD, part: 0, a: 2, b: 0 }, new Uint8Array(9).fill(8));
  for (let length = 0; length < first.length; length++) {
    const reader = new FrameReader(openBytes(first.slice(0, length)));
    expect(await reader.next()).toBeUndefined();
    expect(reader.position).toBe(0);
  }
  const both = concatenated([first, second]);
  both[40] = 99;
  const reader = new FrameReader(openBytes(both));
  expect(await reader.next()).toBeUndefined();
  expect((await reader.find())?.a).toBe(2);
});
