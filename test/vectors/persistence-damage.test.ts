/** Pieces that are not what was written. Checksums would tell; what this asks is that nothing crashes, hangs, or is out of its bounds. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SpaceImage } from "../../src/core/space-image.ts";
import { NearvecError } from "../../src/errors.ts";
import { type Piece, Section } from "../../src/journal/sections.ts";
import type { DenseShard } from "../../src/vectors/dense-shard.ts";
import { persistentOf } from "../../src/vectors/persistence/index.ts";
import type { Space } from "../../src/vectors/space.ts";
import { random } from "../core/support.ts";
import {
  CONFIGS,
  captured,
  indexAll,
  photograph,
  put,
  restoredFrom,
  shardOf,
  spaceOf,
} from "./persistence-support.ts";

const COUNT = 60;

/** A full capture and two deltas. */
function chainOf(config: (typeof CONFIGS)[string]): Piece[] {
  const space = spaceOf({ ...config, vacuumMinVectors: 1000 });
  const next = random(2);
  const some = (n: number) => {
    for (let i = 0; i < n; i++) put(space, config, Math.floor(next() * COUNT), i);
    space.remove(Math.floor(next() * COUNT));
    space.indexSome(1500);
  };
  some(40);
  const chain = captured(space, false);
  some(15);
  chain.push(...captured(space, false));
  some(10);
  chain.push(...captured(space, false));
  return chain;
}

/** What happens to a piece; numbers say where, as shares of its length. */
const accident = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant("bytes" as const), at: fc.nat(1e6), value: fc.nat(255) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("word" as const), at: fc.nat(1e6), value: fc.nat(70) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("word" as const), at: fc.nat(1e6), value: fc.nat(2 ** 32 - 1) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("truncated" as const), at: fc.nat(1e6), value: fc.constant(0) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("left out" as const), at: fc.nat(0), value: fc.constant(0) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("repeated" as const), at: fc.nat(0), value: fc.constant(0) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("swapped" as const), at: fc.nat(0), value: fc.constant(0) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("from" as const), at: fc.nat(0), value: fc.nat(COUNT) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("count" as const), at: fc.nat(0), value: fc.nat(COUNT) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("section" as const),
      at: fc.nat(0),
      value: fc.integer({ min: 1, max: 11 }),
    }),
  },
);
type Accident = typeof accident extends fc.Arbitrary<infer A> ? A : never;

function damage(pieces: Piece[], index: number, { kind, at, value }: Accident): void {
  const i = index % pieces.length;
  const piece = pieces[i] as Piece;
  const bytes = piece.bytes.slice();
  const place = at % Math.max(1, bytes.length);
  switch (kind) {
    case "bytes":
      bytes[place] = value;
      break;
    case "word":
      if (place + 4 <= bytes.length) new DataView(bytes.buffer).setUint32(place & ~3, value, true);
      break;
    case "left out":
      pieces.splice(i, 1);
      return;
    case "repeated":
      pieces.splice(i, 0, piece);
      return;
    case "swapped":
      pieces.splice(i, 1);
      pieces.splice(i + 1, 0, piece);
      return;
  }
  pieces[i] = {
    section: kind === "section" ? (value as Section) : piece.section,
    from: kind === "from" ? value : piece.from,
    count: kind === "count" ? value : piece.count,
    bytes: kind === "truncated" ? bytes.subarray(0, place) : bytes,
  };
}

/** Undefined when the damage was found. */
function attempt(config: (typeof CONFIGS)[string], pieces: readonly Piece[]): Space | undefined {
  try {
    return restoredFrom(config, pieces);
  } catch (error) {
    if (!(error instanceof NearvecError)) throw error;
    expect(["DAMAGED", "OUT_OF_MEMORY"]).toContain(error.code);
    return undefined;
  }
}

describe.each(Object.entries(CONFIGS))("%s", (_, config) => {
  const chain = chainOf(config);

  test("that come back damaged are refused, or a sound space", () => {
    let refused = 0;
    let sound = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), accident), { minLength: 1, maxLength: 2 }), (accidents) => {
        const pieces = [...chain];
        for (const [index, each] of accidents) damage(pieces, index, each);
        const space = attempt(config, pieces);
        if (space === undefined) {
          refused++;
          return;
        }
        sound++;
        photograph(space, config, COUNT);
        for (let o = 0; o < 20; o++) put(space, config, o * 3, o);
        indexAll(space);
        const { counts } = photograph(space, config, COUNT);
        expect(counts.liveCount).toBeLessThanOrEqual(counts.slotCount);
        const again = restoredFrom(config, captured(space, true));
        expect(photograph(again, config, COUNT).counts).toEqual(counts);
        if (space.rebuildDue) space.rebuildSome(1e6, true);
      }),
      { numRuns: config.kind !== "sparse" && config.size > 1000 ? 100 : 400 },
    );
    expect(refused).toBeGreaterThan(20);
    expect(sound).toBeGreaterThan(5);
  });

  test("are refused when a piece is missing, repeated or too short", () => {
    for (let i = 0; i < chain.length; i++) {
      const piece = chain[i] as Piece;
      const short = { ...piece, bytes: piece.bytes.subarray(0, piece.bytes.length - 1) };
      expect(attempt(config, chain.toSpliced(i, 1)), `without piece ${i}`).toBeUndefined();
      expect(attempt(config, chain.toSpliced(i, 0, piece)), `piece ${i} twice`).toBeUndefined();
      expect(attempt(config, chain.with(i, short)), `piece ${i} cut`).toBeUndefined();
    }
  });

  test("are refused by a space of another form", () => {
    for (const other of Object.values(CONFIGS)) {
      if (other === config) continue;
      const { m: _m, ...form } = other as { m?: number };
      const { m: _own, ...own } = config as { m?: number };
      if (JSON.stringify(form) === JSON.stringify(own)) continue;
      expect(attempt(other, chain)).toBeUndefined();
    }
  });

  test("leave a space empty that could not take them", () => {
    const space = spaceOf(config);
    const persistent = persistentOf(space);
    for (const piece of chain.slice(0, -1)) persistent.restore(piece);
    expect(() => persistent.restored()).toThrow(expect.objectContaining({ code: "DAMAGED" }));
    expect(space.liveCount).toBe(0);
    space.close();
  });
});

test("links are checked on every level", () => {
  const config = CONFIGS["dense vectors"] as (typeof CONFIGS)[string];
  const chain = chainOf(config);
  const full = chain.slice(
    0,
    chain.findIndex(({ section }, i) => i > 0 && section === Section.HEAD),
  );
  const image = new SpaceImage((shardOf(restoredFrom(config, full)) as DenseShard).memory);
  const levels = Array.from({ length: image.cursor }, (_, slot) => image.levelOf(slot));
  for (const [section, least] of [
    [Section.LINKS, 0],
    [Section.UPPER_LINKS, 1],
  ] as const) {
    const owner = levels.findIndex((level) => level >= least); // of the first list there is
    const at = full.findIndex((piece) => piece.section === section);
    let right = 0;
    for (const to of [...Array(COUNT).keys(), 1e6, 2 ** 31, 2 ** 32 - 2]) {
      const piece = full[at] as Piece;
      const bytes = piece.bytes.slice();
      new DataView(bytes.buffer).setUint32(0, to, true);
      const isRight = to !== owner && (levels[to] ?? -1) >= least;
      const got = attempt(config, full.with(at, { ...piece, bytes }));
      expect([section, to, got !== undefined]).toEqual([section, to, isRight]);
      if (isRight) right++;
    }
    expect(right).toBeGreaterThan(0);
  }
});
