import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NearvecError } from "../../../src/errors.ts";
import { type Piece, Section } from "../../../src/journal/sections.ts";
import type { PointId } from "../../../src/points/ids.ts";
import { Journalled, written } from "./support.ts";

const UUID = "00000000-0000-4000-8000-00000000000";

/** A full checkpoint and two with changes, of points with ids of both kinds, with and without payloads. */
function chain(): { pieces: Piece[]; heads: number[] } {
  const made = new Journalled();
  const pieces: Piece[] = [];
  const heads: number[] = [];
  const save = () => {
    const capture = made.persistent.capture(false);
    heads.push(pieces.length);
    pieces.push(...written(capture));
    capture.end(true);
  };
  const stored = (id: PointId, n: number): [PointId, string] => [
    id,
    n % 3 === 0 ? "" : JSON.stringify({ n }),
  ];
  made.store(
    ...Array.from({ length: 12 }, (_, n) => stored(n % 2 === 0 ? n : `${UUID}${n.toString(16)}`, n)),
  );
  save();
  made.send({ do: "delete", ids: [2, 4, `${UUID}7`] });
  made.store(stored(2, 50), stored(77, 1), stored(78, 1), stored(79, 2));
  save();
  made.send({ do: "delete", ids: [79, 0] });
  made.store(stored(78, 8), stored(6, 8));
  save();
  return { pieces, heads };
}

const whole = chain();

/** Restores what may be damaged. Answers what is there, undefined when it was refused as it should be. */
function tryRestore(pieces: readonly Piece[]): Journalled | undefined {
  try {
    return Journalled.restored(pieces);
  } catch (error) {
    expect(error).toBeInstanceOf(NearvecError);
    expect(error).toMatchObject({ code: "DAMAGED" });
    return undefined;
  }
}

/** Points that may not be the right ones hold together all the same. */
function expectSound(made: Journalled): void {
  const { size, end, points } = made.seen;
  expect(points).toHaveLength(size);
  expect(new Set(points.map(({ id }) => id)).size).toBe(size);
  expect(new Set(points.map(({ offset }) => offset)).size).toBe(size);
  for (const { offset, version, payload } of points) {
    expect(offset).toBeLessThan(end);
    expect(Number.isSafeInteger(version)).toBe(true);
    if (payload !== undefined) expect(payload).toMatch(/^\{.*\}$/s);
  }
  made.store(...Array.from({ length: 30 }, (_, n) => [n, "{}"] as [number, string]));
  made.send({ do: "delete", ids: points.map(({ id }) => id) });
  expect(made.seen.points.every(({ payload }) => payload === "{}")).toBe(true);
}

function changed(piece: Piece, change: (bytes: Uint8Array, words: Uint32Array) => void): Piece {
  const bytes = piece.bytes.slice();
  change(bytes, new Uint32Array(bytes.buffer, 0, bytes.length >>> 2));
  return { ...piece, bytes };
}

const place = fc.nat({ max: 10_000 });
const word = fc.oneof(
  fc.nat({ max: 40 }),
  fc.constantFrom(0xffff_ffff, 0xffff_fffe, 0x8000_0000, 0x8000_0005, 0x7fff_ffff, 0x001f_ffff, 0x0020_0000),
  fc.nat({ max: 0x7fff_ffff }),
);

type Damage =
  | { do: "byte"; at: number; bits: number }
  | { do: "word"; at: number; word: number }
  | { do: "swap"; at: number; other: number }
  | { do: "cut"; bytes: number }
  | { do: "drop" | "twice" }
  | { do: "count" | "from" | "section"; value: number };

const damage: fc.Arbitrary<Damage> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("byte" as const), at: place, bits: fc.nat({ max: 255 }) }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("word" as const), at: place, word }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("swap" as const), at: place, other: place }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("cut" as const), bytes: fc.integer({ min: 1, max: 300 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("drop" as const, "twice" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("count" as const, "from" as const, "section" as const),
      value: fc.nat({ max: 12 }),
    }),
  },
);

function damaged(pieces: readonly Piece[], which: number, how: Damage): Piece[] {
  const at = which % pieces.length;
  const piece = pieces[at] as Piece;
  const replaced = (...by: Piece[]) => [...pieces.slice(0, at), ...by, ...pieces.slice(at + 1)];
  switch (how.do) {
    case "byte":
      return replaced(
        changed(piece, (bytes) => {
          bytes[how.at % bytes.length] = (bytes[how.at % bytes.length] as number) ^ how.bits;
        }),
      );
    case "word":
      return replaced(
        changed(piece, (_, words) => {
          words[how.at % words.length] = how.word;
        }),
      );
    case "swap":
      return replaced(
        changed(piece, (_, words) => {
          const [a, b] = [how.at % words.length, how.other % words.length];
          [words[a], words[b]] = [words[b] as number, words[a] as number];
        }),
      );
    case "cut":
      return replaced({ ...piece, bytes: piece.bytes.slice(0, Math.max(0, piece.bytes.length - how.bytes)) });
    case "drop":
      return replaced();
    case "twice":
      return replaced(piece, piece);
    default:
      return replaced({ ...piece, [how.do]: how.value });
  }
}

test("pieces with random damage are refused, or make points that hold together", () => {
  let refused = 0;
  let runs = 0;
  fc.assert(
    fc.property(fc.array(fc.tuple(place, damage), { minLength: 1, maxLength: 3 }), (damages) => {
      const pieces = damages.reduce<Piece[]>(
        (pieces, [which, how]) => (pieces.length === 0 ? pieces : damaged(pieces, which, how)),
        whole.pieces,
      );
      const made = tryRestore(pieces);
      runs++;
      if (made === undefined) refused++;
      else expectSound(made);
    }),
    { numRuns: 2000, seed: 5 },
  );
  // Most is seen. (What isn't are other versions, ids and letters, which checksums are for.)
  expect(refused / runs).toBeGreaterThan(0.7);
});

// ── what is seen ───────────────────────────────────────────────────────────────────────────────────────────

const [head, rows] = whole.pieces as [Piece, Piece];

const withHead = (change: object): Piece[] => {
  const said = { ...JSON.parse(new TextDecoder().decode(head.bytes)), ...change };
  return [{ ...head, bytes: new TextEncoder().encode(JSON.stringify(said)) }, rows];
};
/** Rows of a full checkpoint: offset 0 is an integer without a payload (24 bytes), 1 a UUID with one (40). */
const withRows = (change: (bytes: Uint8Array, words: Uint32Array) => void) => [head, changed(rows, change)];

describe("what makes no sense is refused", () => {
  test.each<[string, readonly Piece[], string]>([
    ["no head", [rows], "no head"],
    ["changes of nothing", whole.pieces.slice(whole.heads[1]), "the first checkpoint of points: got changes"],
    ["another section", [head, { ...rows, section: Section.VECTORS }], "a section of points: got 3"],
    ["a head that is no JSON", [{ ...head, bytes: new Uint8Array([0xff, 0]) }, rows], "no JSON"],
    ["a head that is no object", [{ ...head, bytes: new TextEncoder().encode("null") }, rows], "got null"],
    ["another format", withHead({ format: 2 }), "its format: got 2, expected 1"],
    ["a full checkpoint that isn't", withHead({ full: 1 }), "numbers that agree"],
    ["more points than offsets", withHead({ end: 11 }), "numbers that agree"],
    ["more offsets than there can be", withHead({ end: 2 ** 32 }), "numbers that agree"],
    ["half a point", withHead({ size: 11.5, rows: 11.5 }), "numbers that agree"],
    ["deleted points in a full one", withHead({ deleted: 1, end: 13 }), "numbers that agree"],
    ["another number of points", withHead({ size: 11, rows: 11 }), "got 12, expected 11"],
    ["a number of rows that is not the points'", withHead({ rows: 11 }), "numbers that agree"],
    ["a missing piece", [head], "the number of rows of points in a checkpoint: got 0, expected 12"],
    ["a missing piece before another head", [head, ...whole.pieces.slice(2)], "got 0, expected 12"],
    ["a piece twice", [head, rows, rows], "two of them"],
    [
      "another number of rows",
      [head, { ...rows, count: 11 }],
      "rows in a piece of points: got 12, expected 11",
    ],
    ["another first offset", [head, { ...rows, from: 1 }], "the first offset of a piece of points"],
    ["half a unit", [head, { ...rows, bytes: rows.bytes.slice(0, -4) }], "a multiple of 8"],
    ["an empty piece", [head, { ...rows, bytes: rows.bytes.slice(0, 0) }], "a multiple of 8"],
    ["half a row", [head, { ...rows, bytes: rows.bytes.slice(0, -8) }], "at most"],
    ["an offset twice", withRows((_, words) => words.set([0], 6)), "two of them"],
    ["an offset past the end", withRows((_, words) => words.set([12], 6)), "less than 12"],
    ["a deletion in a full one", withRows((_, words) => words.set([0xffff_ffff], 7)), "a deleted point"],
    ["a length past the end", withRows((_, words) => words.set([0x7fff_ffff], 7)), "at most"],
    ["a version past 2^53", withRows((_, words) => words.set([2 ** 21], 3)), "2^53 or more"],
    ["a payload that begins otherwise", withRows((bytes) => bytes.set([0x5b], 56)), "a JSON object"],
    ["a payload that ends otherwise", withRows((bytes) => bytes.set([0x20], 62)), "a JSON object"],
    // Offset 2 gets the id of offset 0.
    ["an id twice", withRows((_, words) => words.set([0], 16 + 4)), "the point with id 0: got two of them"],
  ])("%s", (_, pieces, message) => {
    const restore = () => Journalled.restored(pieces);
    expect(restore).toThrow(NearvecError);
    expect(restore).toThrow(message);
    expect(restore).toThrow(expect.objectContaining({ code: "DAMAGED" }));
  });

  test("a checkpoint with changes that knows fewer offsets", () => {
    const shorter = new Journalled();
    const pieces = [...whole.pieces.slice(0, whole.heads[1])];
    shorter.store([1, ""]);
    for (let i = 0; i < 2; i++) {
      const capture = shorter.persistent.capture(false);
      if (i === 1) pieces.push(...written(capture));
      else written(capture);
      capture.end(true);
    }
    expect(() => Journalled.restored(pieces)).toThrow("the end of offsets: got 1, expected at least 12");
  });
});
