/** What the tests of captures share: spaces of every kind, everything that can be asked of one, and copies of captures. */

import { expect } from "vitest";
import { NONE } from "../../src/core/abi.ts";
import { IMAGE, SpaceImage } from "../../src/core/space-image.ts";
import type { Capture, Piece } from "../../src/journal/sections.ts";
import type { SpaceConfig } from "../../src/vectors/config.ts";
import { createSpace } from "../../src/vectors/create-space.ts";
import type { DenseShard, SearchOptions } from "../../src/vectors/dense-shard.ts";
import { DenseSpace } from "../../src/vectors/dense-space.ts";
import { MultiSpace } from "../../src/vectors/kinds/multi-space.ts";
import { kinds } from "../../src/vectors/kinds/on-demand.ts";
import { sparseCore } from "../../src/vectors/kinds/sparse-core.ts";
import { TypedDenseSpace } from "../../src/vectors/kinds/typed-dense-space.ts";
import { persistentOf } from "../../src/vectors/persistence/index.ts";
import type { Rows, StoredVector } from "../../src/vectors/rows.ts";
import type { Space } from "../../src/vectors/space.ts";
import { rowsOf } from "../core/sparse-support.ts";
import { random, type TestingExports, testingCore } from "../core/support.ts";
import { bitmapOf, denseRows, multiRows, multiVector } from "./support.ts";

export const core = await testingCore("core.relaxed.wasm");
await kinds.load();
await sparseCore.load();

const dense = { distance: "Euclid" as const, m: 4, efConstruct: 16, seed: 3, vacuumMinVectors: 6 };

/** Spaces are rebuilt from few tombstones on. */
export const CONFIGS: Record<string, SpaceConfig> = {
  "dense vectors": { ...dense, kind: "dense", datatype: "float32", size: 3 },
  // Of these the first block has eight, so that they lie in two.
  "long dense vectors": { ...dense, kind: "dense", datatype: "float32", size: 1001, distance: "Cosine" },
  "dense vectors without a graph": { ...dense, kind: "dense", datatype: "float32", size: 2, m: 0 },
  "dense vectors of halves": { ...dense, kind: "dense", datatype: "float16", size: 4, distance: "Cosine" },
  "dense vectors of bytes": { ...dense, kind: "dense", datatype: "uint8", size: 5, distance: "Cosine" },
  "lists of vectors": { ...dense, kind: "multi", datatype: "float32", size: 3 },
  "lists of vectors of bytes": { ...dense, kind: "multi", datatype: "uint8", size: 4, distance: "Cosine" },
  "sparse vectors": { kind: "sparse", datatype: "float32", idf: true, seed: 1, vacuumMinVectors: 6 },
};

export function spaceOf(config: SpaceConfig): Space {
  return createSpace(core, config);
}

/** A vector that follows from a seed, as one row. */
function rowOf(config: SpaceConfig, seed: number): Rows {
  const next = random(seed);
  if (config.kind === "sparse") {
    const drawn = new Set(Array.from({ length: Math.floor(next() * 6) }, () => Math.floor(next() * 12)));
    const indices = Uint32Array.from(drawn).sort();
    return rowsOf([{ indices, values: Float32Array.from(indices, () => next() + 0.1) }]);
  }
  const vector = () => Array.from({ length: config.size }, () => next() * 20);
  if (config.kind === "dense") return denseRows([vector()], config.size);
  return multiRows([Array.from({ length: 1 + Math.floor(next() * 4) }, vector)], config.size);
}

export function put(space: Space, config: SpaceConfig, offset: number, seed: number): void {
  const rows = rowOf(config, seed);
  space.reserveRows(rows, offset + 1);
  space.store(offset, rows, 0);
}

function queryOf(config: SpaceConfig, seed: number): StoredVector {
  const rows = rowOf(config, seed);
  if (rows.type === "sparse") return { indices: rows.indices, values: rows.values };
  return rows.type === "dense" ? rows.values : multiVector([[...rows.values]], rows.size);
}

/** The shard of dense vectors in a space, if it has one. */
export function shardOf(space: Space): DenseShard | undefined {
  if (space instanceof DenseSpace || space instanceof TypedDenseSpace) return space.shard;
  return space instanceof MultiSpace ? space.rows.shard : undefined;
}

function linksOf(shard: DenseShard, slot: number, level: number): number[] {
  const exports = shard.memory.exports as TestingExports;
  const at = exports.linksOn(slot, level) >>> 2;
  const list = shard.memory.u32.subarray(at, at + exports.linkCapacity(level));
  const end = list.indexOf(NONE);
  return [...(end < 0 ? list : list.subarray(0, end))];
}

/** Slots and links as they are, and whether what is counted is what is there. */
function graphOf(shard: DenseShard) {
  const image = new SpaceImage(shard.memory);
  const exports = shard.memory.exports as TestingExports;
  const incoming = new Uint32Array(image.slotCount);
  const slots = Array.from({ length: image.slotCount }, (_, slot) => {
    const level = image.levelOf(slot);
    const links: number[][] = [];
    for (let l = 0; l <= level && shard.config.m > 0; l++) links.push(linksOf(shard, slot, l));
    for (const to of links[0] ?? []) incoming[to] = (incoming[to] as number) + 1;
    const wrong = links.findIndex((list, l) =>
      list.some((to) => to >= image.cursor || image.levelOf(to) < l),
    );
    if (wrong >= 0) throw new Error(`slot ${slot} has a wrong link on level ${wrong}`);
    return { offset: image.offsetOf(slot), level, links };
  });
  const counted = slots.map((_, slot) => {
    const word = shard.memory.u32[(exports.metaAddress(slot) + IMAGE.META_LEVEL) >>> 2] as number;
    return word >>> 8;
  });
  expect(counted).toEqual([...incoming]);
  const misplaced = slots.findIndex(
    ({ offset }, slot) => offset !== NONE && shard.slots.get(offset) !== slot,
  );
  expect(misplaced).toBe(-1);
  return { slots, cursor: image.cursor, entry: image.entry, upper: image.upperCount };
}

/** Everything that a space says of points whose offsets are below `limit`. Asking changes nothing. */
export function photograph(space: Space, config: SpaceConfig, limit: number) {
  const shard = shardOf(space);
  const queries = [1, 2, 3].map((seed) => queryOf(config, 1000 + seed));
  const third = bitmapOf(
    Array.from({ length: limit }, (_, o) => o).filter((o) => o % 3 === 0),
    limit,
  );
  const { liveCount, indexedCount, slotCount, tombstoneCount, tailCount } = space;
  const ask = (query: StoredVector, options: SearchOptions) => {
    const { distances, ...hits } = space.search(query, options);
    // Postings of what was deleted don't come back: to read fewer is right.
    return config.kind === "sparse" ? hits : { ...hits, distances };
  };
  return {
    counts: { liveCount, indexedCount, slotCount, tombstoneCount, tailCount },
    vectors: Array.from({ length: limit }, (_, offset) =>
      space.has(offset) ? written(space.get(offset)) : undefined,
    ),
    graph: shard && graphOf(shard),
    hits: queries.flatMap((query) =>
      [true, false].flatMap((exact) => [
        ask(query, { limit: 5, ef: 8, exact }),
        ask(query, { limit: 4, ef: 8, exact, allowed: third }),
      ]),
    ),
  };
}

/** A vector in a form that is compared fast, down to the last bit. */
function written(vector: StoredVector | undefined): string {
  if (vector === undefined) return "lost";
  const parts = vector instanceof Float32Array ? [vector] : Object.values(vector);
  return parts
    .map((part) => (typeof part === "number" ? part : Buffer.from(part.slice().buffer).toString("base64")))
    .join();
}

/** Moves everything into the graph, where there is one. */
export function indexAll(space: Space): void {
  while (space.tailCount > 0 && shardOf(space)?.config.m !== 0) space.indexSome(1e6);
}

/** Writes what is left of a capture into a list, in slices of `bytes`. */
export function writeAll(capture: Capture, pieces: Piece[], bytes = 1): void {
  while (capture.write((...piece) => pieces.push(copyOf(...piece)), bytes));
}

export function copyOf(section: Piece["section"], from: number, count: number, bytes: Uint8Array): Piece {
  return { section, from, count, bytes: bytes.slice() };
}

/** A durable capture, all of it at once. */
export function captured(space: Space, full: boolean): Piece[] {
  const pieces: Piece[] = [];
  const capture = persistentOf(space).capture(full);
  writeAll(capture, pieces, 1 << 20);
  capture.end(true);
  return pieces;
}

export function restoredFrom(config: SpaceConfig, pieces: Iterable<Piece>): Space {
  const space = spaceOf(config);
  const persistent = persistentOf(space);
  for (const piece of pieces) persistent.restore(piece);
  persistent.restored();
  return space;
}
