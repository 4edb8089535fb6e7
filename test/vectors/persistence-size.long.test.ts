import { expect, test } from "vitest";
import type { Piece } from "../../src/journal/sections.ts";
import { DenseSpace } from "../../src/vectors/dense-space.ts";
import { persistentOf } from "../../src/vectors/persistence/index.ts";
import { clustered, random } from "../core/support.ts";
import { copyOf, core, indexAll } from "./persistence-support.ts";

/** A capture, and how long its parts took. */
function timed(space: DenseSpace, full: boolean) {
  const started = performance.now();
  const capture = persistentOf(space).capture(full);
  const moment = performance.now() - started;
  const pieces: Piece[] = [];
  let bytes = 0;
  let slowest = 0;
  for (let more = true; more; ) {
    const from = performance.now();
    more = capture.write((...piece) => {
      pieces.push(copyOf(...piece));
      bytes += piece[3].length;
    }, 1 << 20);
    slowest = Math.max(slowest, performance.now() - from);
  }
  capture.end(true);
  return { pieces, bytes, moment, slowest, all: performance.now() - started };
}

/** The best of three, for the first is compiled, and the machine does other things, too. */
function restoreTime(make: () => DenseSpace, pieces: readonly Piece[]): number {
  const times = [1, 2, 3].map(() => {
    const space = make();
    const persistent = persistentOf(space);
    const started = performance.now();
    for (const piece of pieces) persistent.restore(piece);
    persistent.restored();
    const time = performance.now() - started;
    space.close();
    return time;
  });
  return Math.min(...times);
}

test.each([
  [100_000, 100],
  [10_000, 384],
])(
  "after one in a hundred of %i × %i changed, a delta has at most a tenth of a full capture's bytes",
  (count, size) => {
    const make = () =>
      DenseSpace.create(core, { size, distance: "Cosine", m: 16, efConstruct: 100, seed: 1 });
    const space = make();
    const vectors = clustered(count + count / 100, size, 5, 50);
    space.reserve(count + count / 100, count);
    for (let o = 0; o < count; o++) space.put(o, vectors, o * size);
    indexAll(space);
    const full = timed(space, true);
    const next = random(6);
    for (let i = 0; i < count / 100; i++) space.put(Math.floor(next() * count), vectors, (count + i) * size);
    indexAll(space);
    const delta = timed(space, false);
    const restored = restoreTime(make, full.pieces);
    console.log(
      `${count} × ${size}: full ${full.bytes} bytes, delta ${delta.bytes} (${((100 * delta.bytes) / full.bytes).toFixed(1)} %);`,
      `moments ${full.moment.toFixed(1)} and ${delta.moment.toFixed(1)} ms, slowest slice ${full.slowest.toFixed(1)} ms,`,
      `captured in ${full.all.toFixed(0)} ms, restored in ${restored.toFixed(1)} ms`,
    );
    expect(delta.bytes).toBeLessThanOrEqual(full.bytes / 10);
    // Several times what it takes, and far less than indexing: the machine may be busy.
    expect(restored).toBeLessThan(1000);
  },
);
