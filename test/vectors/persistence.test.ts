import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Capture, PIECE_BYTES, type Piece, Section } from "../../src/journal/sections.ts";
import type { RoundedSpaceConfig, SpaceConfig } from "../../src/vectors/config.ts";
import { persistentOf } from "../../src/vectors/persistence/index.ts";
import type { Space } from "../../src/vectors/space.ts";
import { rowsOf, zipfian } from "../core/sparse-support.ts";
import { random } from "../core/support.ts";
import {
  CONFIGS,
  captured,
  copyOf,
  indexAll,
  photograph,
  put,
  restoredFrom,
  shardOf,
  spaceOf,
  writeAll,
} from "./persistence-support.ts";

const LAST = 24;

const offset = fc.nat(LAST);
const step = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant("put" as const), offset, seed: fc.nat(99) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("remove" as const), offset }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("index" as const), budget: fc.nat(200) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("rebuild" as const), budget: fc.nat(100) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("capture" as const), full: fc.integer({ min: 0, max: 4 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("write" as const), bytes: fc.nat(3000) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("end" as const), durable: fc.integer({ min: 0, max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reopen" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A capture under way: what it has to be like in the end. */
interface Open {
  readonly capture: Capture;
  readonly pieces: Piece[];
  readonly photo: unknown;
}

/** A space, and what is durable of it. */
class Story {
  space: Space;
  readonly #config: SpaceConfig;
  #open: Open | undefined;
  #chain: Piece[] = [];
  #durable: unknown;

  constructor(config: SpaceConfig) {
    this.#config = config;
    this.space = spaceOf(config);
    this.#durable = this.#photo();
  }

  follow(step: Step): void {
    const { space } = this;
    switch (step.kind) {
      case "put":
        put(space, this.#config, step.offset, step.seed);
        break;
      case "remove":
        space.remove(step.offset);
        break;
      case "index":
        if (!this.#open?.capture.needsStillness) space.indexSome(step.budget);
        break;
      case "rebuild":
        if (space.rebuildDue) space.rebuildSome(step.budget, true);
        break;
      case "capture":
        if (this.#open !== undefined) break;
        this.#open = {
          photo: this.#photo(),
          pieces: [],
          capture: persistentOf(space).capture(step.full === 0),
        };
        break;
      case "write": {
        const { pieces, capture } = this.#open ?? {};
        capture?.write((...piece) => pieces?.push(copyOf(...piece)), step.bytes);
        break;
      }
      case "end":
        this.#end(step.durable > 0);
        break;
      case "reopen":
        if (this.#open !== undefined) break;
        this.space = this.#restored();
        expect(persistentOf(this.space).isChanged).toBe(false);
    }
  }

  /** The last of it, too, comes back. */
  finish(): void {
    this.#end(true);
    this.follow({ kind: "capture", full: 1 });
    this.#end(true);
    expect(persistentOf(this.space).isChanged).toBe(false);
    const restored = this.#restored();
    indexAll(restored);
    if (shardOf(restored)?.config.m !== 0) expect(restored.indexedCount).toBe(restored.liveCount);
    this.#photo(restored);
  }

  #end(durable: boolean): void {
    if (this.#open === undefined) return;
    const { capture, pieces, photo } = this.#open;
    if (durable) writeAll(capture, pieces);
    capture.end(durable);
    this.#open = undefined;
    if (!durable) return;
    if (capture.full) expect(JSON.parse(new TextDecoder().decode(pieces[0]?.bytes)).full).toBe(true);
    this.#chain.push(...pieces);
    this.#durable = photo;
    this.#restored();
  }

  #restored(): Space {
    const space = restoredFrom(this.#config, this.#chain);
    expect(this.#photo(space)).toEqual(this.#durable);
    return space;
  }

  #photo(space = this.space): unknown {
    return photograph(space, this.#config, LAST + 1);
  }
}

describe.each(Object.entries(CONFIGS))("%s", (_, config) => {
  test("come back as they were when they were captured", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 120, size: "max" }), (steps) => {
        const story = new Story(config);
        for (const each of steps) story.follow(each);
        story.finish();
      }),
      { numRuns: 40 },
    );
  });

  test("are changed only by what the last durable capture hasn't got", () => {
    const space = spaceOf(config);
    const persistent = persistentOf(space);
    expect(persistentOf(space)).toBe(persistent);
    expect(persistent.isChanged).toBe(false);
    for (let o = 0; o < 20; o++) put(space, config, o, o);
    expect(persistent.isChanged).toBe(true);
    captured(space, false);
    expect(persistent.isChanged).toBe(false);
    space.remove(3);
    expect(persistent.isChanged).toBe(true);
    persistent.capture(false).end(false);
    expect(persistent.isChanged).toBe(true);
    captured(space, false);
    expect(persistent.isChanged).toBe(false);
    if (space.tailCount === 0 || shardOf(space)?.config.m === 0) return;
    space.indexSome(100);
    expect(persistent.isChanged).toBe(true);
  });

  test("of many kilobytes come in pieces, and in full after a rebuild", () => {
    const count = config.kind !== "sparse" && config.size > 1000 ? 600 : 3000;
    const space = spaceOf(config);
    for (let o = 0; o < count; o++) put(space, config, o, o);
    indexAll(space);
    const chain = captured(space, false);
    for (let o = 0; o < count / 10; o++) put(space, config, o * 7, o);
    indexAll(space);
    const delta = captured(space, false);
    expect(sizeOf(delta)).toBeLessThan(sizeOf(chain));
    chain.push(...delta);
    for (const { bytes } of chain) expect(bytes.length).toBeLessThanOrEqual(PIECE_BYTES);
    const photo = photograph(space, config, count);
    expect(photograph(restoredFrom(config, chain), config, count)).toEqual(photo);

    // The old shard is captured while another takes its place.
    for (let o = 0; o < count / 2; o++) put(space, config, o, o + 1);
    indexAll(space);
    const before = photograph(space, config, count);
    const old: Piece[] = [];
    const capture = persistentOf(space).capture(false);
    capture.write((...piece) => old.push(copyOf(...piece)), 1);
    expect(space.rebuildDue).toBe(true);
    while (space.rebuildDue) space.rebuildSome(1e6, true);
    writeAll(capture, old, 100_000);
    capture.end(true);
    expect(capture.full).toBe(false);
    expect(photograph(restoredFrom(config, [...chain, ...old]), config, count)).toEqual(before);
    expect(persistentOf(space).isChanged).toBe(true);
    const next = persistentOf(space).capture(false);
    expect(next.full).toBe(true);
    const pieces: Piece[] = [];
    writeAll(next, pieces);
    next.end(true);
    const after = photograph(space, config, count);
    expect(photograph(restoredFrom(config, [...chain, ...old, ...pieces]), config, count)).toEqual(after);
  });

  test("cannot be captured twice at a time", () => {
    const persistent = persistentOf(spaceOf(config));
    const capture = persistent.capture(false);
    expect(() => persistent.capture(false)).toThrow(expect.objectContaining({ code: "INTERNAL" }));
    capture.end(false);
    persistent.capture(true).end(true);
  });
});

const plain = CONFIGS["dense vectors"] as RoundedSpaceConfig;

function sizeOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

function filled(config: SpaceConfig, count: number): Space {
  const space = spaceOf(config);
  for (let o = 0; o < count; o++) put(space, config, o, o);
  indexAll(space);
  return space;
}

test("a restored graph grows as the original does", () => {
  const original = filled(plain, 300);
  const chain = captured(original, false);
  original.remove(7);
  chain.push(...captured(original, false));
  const restored = restoredFrom(plain, chain);
  for (const space of [original, restored]) {
    const next = random(4);
    for (let i = 0; i < 200; i++) put(space, plain, Math.floor(next() * 400), i);
    indexAll(space);
  }
  expect(photograph(restored, plain, 400)).toEqual(photograph(original, plain, 400));
});

test("a space of another `m` by now is built anew", () => {
  const chain = captured(filled(plain, 100), true);
  const config = { ...plain, m: 8 };
  const space = restoredFrom(config, chain);
  expect(shardOf(space)?.config.m).toBe(4);
  expect(space.rebuildDue).toBe(true);
  while (space.rebuildDue) space.rebuildSome(1e6, true);
  expect(shardOf(space)?.config.m).toBe(8);
  expect(space.liveCount).toBe(100);
});

test("the graph must stand still until links are written, and no longer", () => {
  const space = filled(plain, 50);
  put(space, plain, 50, 50);
  const capture = persistentOf(space).capture(false);
  const pieces: Piece[] = [];
  expect(capture.needsStillness).toBe(true);
  while (capture.needsStillness) capture.write((...piece) => pieces.push(copyOf(...piece)), 1);
  expect(pieces.map(({ section }) => section)).toContain(Section.UPPER_LINKS);
  expect(pieces.map(({ section }) => section)).not.toContain(Section.VECTORS);
  space.indexSome(1e6);
  writeAll(capture, pieces);
  capture.end(true);
  expect(restoredFrom(plain, pieces).tailCount).toBe(1);

  put(space, plain, 51, 51);
  const early = persistentOf(space).capture(true);
  space.indexSome(1e6);
  expect(() => early.write(() => {}, 1)).toThrow(expect.objectContaining({ code: "INTERNAL" }));
  early.end(false);
});

test("a sparse vector may be longer than a piece", () => {
  const config = CONFIGS["sparse vectors"] as SpaceConfig;
  const space = spaceOf(config);
  const long = Uint32Array.from({ length: 300_000 }, (_, i) => 3 * i);
  const rows = rowsOf([
    { indices: Uint32Array.of(1, 6), values: Float32Array.of(1, 2) },
    { indices: long, values: Float32Array.from(long, (i) => i / 7) },
    { indices: new Uint32Array(0), values: new Float32Array(0) },
    ...zipfian({ count: 2000, seed: 1, dimensions: 5000, shortest: 1, longest: 80 }).vectors,
  ]);
  space.reserveRows(rows, rows.count);
  for (let row = 0; row < rows.count; row++) space.store(row, rows, row);
  const chain = captured(space, false);
  for (const { bytes } of chain) expect(bytes.length).toBeLessThanOrEqual(PIECE_BYTES);
  for (let o = 100; o < 200; o++) space.remove(o);
  chain.push(...captured(space, false));
  const restored = restoredFrom(config, chain);
  expect(photograph(restored, config, rows.count)).toEqual(photograph(space, config, rows.count));
});
