/** What a million points take to be captured, written and restored. */

import { expect, test } from "vitest";
import { partialChanges } from "../../../src/collection/partial-changes-on-demand.ts";
import { PIECE_BYTES, type Piece } from "../../../src/journal/sections.ts";
import type { PointId } from "../../../src/points/ids.ts";
import { Journalled, Pieces } from "./support.ts";

await partialChanges.load();

const BATCH = 10_000;

/** A scrambled, reproducible 32-bit number. */
function scrambled(at: number): number {
  let x = Math.imul(at ^ (at >>> 16), 0x45d9f3b);
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  return (x ^ (x >>> 16)) >>> 0;
}

const hex = (at: number) => scrambled(at).toString(16).padStart(8, "0");
const uuid = (at: number) =>
  `${hex(4 * at)}-${hex(4 * at + 1).slice(4)}-4000-8000-${hex(4 * at + 2)}${hex(4 * at + 3).slice(4)}`;

function filled(count: number, idOf: (at: number) => PointId): Journalled {
  const made = new Journalled();
  for (let from = 0; from < count; from += BATCH) {
    made.store(
      ...Array.from({ length: Math.min(BATCH, count - from) }, (_, i): [PointId, string] => [
        idOf(from + i),
        JSON.stringify({ n: from + i, text: "x".repeat(81) }),
      ]),
    );
  }
  return made;
}

/** Milliseconds of this thread's time that it took, and what it came to: other programs may keep the machine busy. */
function timed<T>(work: () => T): [number, T] {
  const begin = process.threadCpuUsage();
  const result = work();
  const { user, system } = process.threadCpuUsage(begin);
  return [(user + system) / 1000, result];
}

const SHAPES: readonly [string, (at: number) => PointId][] = [
  ["integers in order", (at) => at],
  ["scrambled integers", scrambled],
  ["UUIDs", uuid],
];

test.each(SHAPES)("100,000 and a million points with payloads of 100 bytes: %s", (name, idOf) => {
  for (const count of [100_000, 1_000_000]) {
    const made = filled(count, idOf);
    const [moment, capture] = timed(() => made.persistent.capture(true));
    const pieces: Piece[] = [];
    let longest = 0;
    const [writing] = timed(() => {
      for (let more = true; more; ) {
        const some = new Pieces();
        const [slice, left] = timed(() => capture.write(some.sink, PIECE_BYTES));
        longest = Math.max(longest, slice);
        pieces.push(...some.all);
        more = left;
      }
    });
    capture.end(true);
    const [restoring, restored] = timed(() => Journalled.restored(pieces));
    for (let id = 0; id < count; id += 100) made.send({ do: "vectors", ids: [idOf(id)] });
    const [deltaMoment, delta] = timed(() => made.persistent.capture(false));
    delta.end(false);
    const of = (ms: number) => `${ms.toFixed(ms < 10 ? 2 : 0)} ms`;
    console.log(
      `${count} ${name}: moment ${of(moment)} (1 % changed: ${of(deltaMoment)}), write ${of(writing)}, ` +
        `longest slice of 1 MiB ${of(longest)}, restore ${of(restoring)}`,
    );
    expect(restored.points.ids.size).toBe(count);
    expect(restored.points.payloads.getBytes(count - 1)).toStrictEqual(
      made.points.payloads.getBytes(count - 1),
    );
    // Far above what they take: machines differ.
    expect(moment).toBeLessThan(20);
    expect(restoring / count).toBeLessThan(0.004);
  }
});
