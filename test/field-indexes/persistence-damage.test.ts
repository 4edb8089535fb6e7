import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NearvecError } from "../../src/errors.ts";
import { Part } from "../../src/field-indexes/persistence/format.ts";
import { beginRestoring, persistentFields } from "../../src/field-indexes/persistence/index.ts";
import { type Persistent, type Piece, Section } from "../../src/journal/sections.ts";
import { written } from "../collection/persistence/support.ts";
import { Indexed } from "./persistence-support.ts";

/** Each with a payload that an index of that type holds much of. */
const TYPES: Record<string, unknown> = {
  keyword: "keyword",
  prefix: { type: "keyword", prefix: true },
  integer: "integer",
  float: "float",
  bool: "bool",
  datetime: "datetime",
  uuid: "uuid",
  geo: "geo",
  text: { type: "text", phrase_matching: true },
};

const VALUES: Record<string, (n: number) => unknown> = {
  keyword: (n) => [`k${n % 7}`, n % 5 === 0 ? "\ud800 odd" : "x", 7],
  prefix: (n) => (n % 11 === 0 ? null : `k${n % 7}`),
  integer: (n) => n % 9,
  float: (n) => (n % 13) / 4,
  bool: (n) => n % 2 === 0,
  datetime: (n) => `2024-02-0${(n % 9) + 1}`,
  uuid: (n) => {
    const uuid = `550e8400-e29b-41d4-a716-44665544000${n % 10}`;
    return n % 3 === 0 ? uuid.toUpperCase() : uuid;
  },
  geo: (n) =>
    n % 5 === 0
      ? [
          { lon: n, lat: 1 },
          { lon: 500, lat: 1 },
        ]
      : { lon: n, lat: n / 2 },
  text: (n) => `w${n % 7} common w${n % 3}`,
};

const POINTS = 60;

function payload(n: number, shift = 0): string {
  return JSON.stringify(Object.fromEntries(Object.entries(VALUES).map(([key, of]) => [key, of(n + shift)])));
}

function stored(): Indexed {
  const made = new Indexed();
  made.stored.store(
    ...Array.from({ length: POINTS }, (_, n): [number, string] => [n, n === 3 ? "" : payload(n)]),
  );
  return made;
}

/** The pieces of an index of each type; some points changed while they were written. */
const whole = new Map<string, readonly Piece[]>();
for (const [type, schema] of Object.entries(TYPES)) {
  const live = stored();
  await live.create(type, schema);
  live.settle();
  const capture = partOf(live).capture(true);
  const pieces: Piece[] = [];
  for (let more = true, turn = 0; more; turn++) {
    live.stored.store([turn, payload(turn, 2)]);
    more = capture.write((section, from, count, bytes) => {
      pieces.push({ section, from, count, bytes: bytes.slice() });
    }, 100);
  }
  capture.end(true);
  whole.set(type, pieces);
}
const points = written(stored().stored.persistent.capture(true));

function partOf(indexed: Indexed): Persistent {
  const [part] = new Map(persistentFields(indexed.indexes)).values();
  return part as Persistent;
}

async function restored(type: string, pieces: readonly Piece[]): Promise<Indexed> {
  const made = new Indexed();
  await made.create(type, TYPES[type]);
  beginRestoring(made.indexes);
  for (const piece of points) made.stored.persistent.restore(piece);
  const part = partOf(made);
  for (const piece of pieces) part.restore(piece);
  made.stored.persistent.restored();
  part.restored();
  return made;
}

const requests = Object.keys(TYPES).flatMap((key) => [
  { must: { key, match: { any: ["k1", "x"] } } },
  { must: { key, match: { prefix: "k" } } },
  { must: { key, match: { phrase: "common w1" } } },
  { must: { key, match: { value: true } } },
  { must: { key, range: { gte: 2 } } },
  { must: { key, range: { gte: "2024-02-03" } } },
  { must: { key, geo_radius: { center: { lon: 3, lat: 1 }, radius: 500_000 } } },
  { must_not: { key, is_empty: true } },
]);

/** Wrong or not, it can be asked, and points can change. */
function expectSound(made: Indexed): void {
  made.seen(requests);
  made.stored.send({ do: "delete", ids: Array.from({ length: POINTS / 2 }, (_, n) => n * 2) });
  made.stored.store(...Array.from({ length: POINTS }, (_, n): [number, string] => [n, payload(n, 1)]));
  made.settle();
  made.seen(requests);
  made.indexes.schema;
  expect(made.indexes.memoryBytes).toBeLessThan(1_000_000);
}

const place = fc.nat({ max: 10_000 });
const word = fc.oneof(
  fc.nat({ max: 70 }),
  fc.constantFrom(0xffff_ffff, 0x8000_0001, 0x7fff_ffff, 0x4000_0001, 0x1fff_ffff, 0x0001_0000, 0xffff_0000),
  fc.nat({ max: 0x7fff_ffff }),
);
type Damage =
  | { do: "byte"; at: number; bits: number }
  | { do: "word"; at: number; word: number }
  | { do: "cut"; bytes: number }
  | { do: "drop" | "twice" | "swap" }
  | { do: "count" | "from" | "section"; value: number };
const damage: fc.Arbitrary<Damage> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("byte" as const),
      at: place,
      bits: fc.integer({ min: 1, max: 255 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("word" as const), at: place, word }) },
  fc.record({ do: fc.constant("cut" as const), bytes: fc.integer({ min: 1, max: 100 }) }),
  fc.record({ do: fc.constantFrom("drop" as const, "twice" as const, "swap" as const) }),
  fc.record({
    do: fc.constantFrom("count" as const, "from" as const, "section" as const),
    value: fc.nat({ max: 12 }),
  }),
);

function damaged(pieces: readonly Piece[], which: number, how: Damage): Piece[] {
  const at = which % pieces.length;
  const piece = pieces[at] as Piece;
  const bytes = piece.bytes.slice();
  const replaced = (...by: Piece[]) => [...pieces.slice(0, at), ...by, ...pieces.slice(at + 1)];
  switch (how.do) {
    case "byte":
      bytes[how.at % bytes.length] = (bytes[how.at % bytes.length] as number) ^ how.bits;
      return replaced({ ...piece, bytes });
    case "word": {
      const words = new Uint32Array(bytes.buffer, 0, bytes.length >>> 2);
      if (words.length > 0) words[how.at % words.length] = how.word;
      return replaced({ ...piece, bytes });
    }
    case "cut":
      return replaced({ ...piece, bytes: bytes.slice(0, Math.max(0, bytes.length - how.bytes)) });
    case "drop":
      return replaced();
    case "twice":
      return replaced(piece, piece);
    case "swap":
      return at === 0
        ? replaced(piece)
        : [...pieces.slice(0, at - 1), piece, ...pieces.slice(at - 1, at), ...pieces.slice(at + 1)];
    default:
      return replaced({ ...piece, [how.do]: how.value });
  }
}

test("pieces with random damage are refused, or make an index that can be used", async () => {
  let refused = 0;
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(TYPES)),
      fc.array(fc.tuple(place, damage), { minLength: 1, maxLength: 2 }),
      async (type, damages) => {
        let pieces = whole.get(type) as readonly Piece[];
        for (const [which, how] of damages) if (pieces.length > 0) pieces = damaged(pieces, which, how);
        runs++;
        try {
          expectSound(await restored(type, pieces));
        } catch (error) {
          if (!(error instanceof NearvecError)) throw error;
          expect(error.code).toBe("DAMAGED");
          refused++;
        }
      },
    ),
    { numRuns: 1500, seed: 3 },
  );
  // Most is seen. (What isn't are other values of points, which checksums are for.)
  expect(refused / runs).toBeGreaterThan(0.6);
}, 60_000);

test.each(Object.keys(TYPES))("%s: pieces without damage come back", async (type) => {
  const made = await restored(type, whole.get(type) as readonly Piece[]);
  expect(made.complete(type)).toBeDefined();
  const same = await made.rebuilt();
  expect(made.seen(requests)).toStrictEqual(same.seen(requests));
});

// ── what is seen ─────────────────────────────────────────────────────────────────────────────────────────────

const keyword = whole.get("keyword") as readonly Piece[];
const head = keyword[0] as Piece;

const withHead = (change: object): Piece[] => {
  const said = { ...JSON.parse(new TextDecoder().decode(head.bytes)), ...change };
  return [{ ...head, bytes: new TextEncoder().encode(JSON.stringify(said)) }, ...keyword.slice(1)];
};

/** The first piece of a part, with other words. */
function withPart(type: string, part: Part, change: (words: Uint32Array) => void): Piece[] {
  const pieces = whole.get(type) as readonly Piece[];
  const at = pieces.findIndex(({ section, bytes }) => section === Section.FIELD_INDEX && bytes[2] === part);
  const piece = pieces[at] as Piece;
  const bytes = piece.bytes.slice();
  change(new Uint32Array(bytes.buffer, 0, bytes.length >>> 2));
  return [...pieces.slice(0, at), { ...piece, bytes }, ...pieces.slice(at + 1)];
}

describe("what makes no sense is refused", () => {
  test.each<[string, string, readonly Piece[], string]>([
    ["no head", "keyword", keyword.slice(1), "no head before it"],
    ["two heads", "keyword", [head, ...keyword], "a head: got another one"],
    ["no end", "keyword", keyword.slice(0, -1), "the end of an index: got nothing"],
    ["a piece after the end", "keyword", [...keyword, keyword[1] as Piece], "no head before it"],
    ["a missing piece", "keyword", [...keyword.slice(0, -2), keyword.at(-1) as Piece], "the pieces"],
    ["another section", "keyword", [head, { ...(keyword[1] as Piece), section: Section.LINKS }], "a section"],
    ["another format of the head", "keyword", withHead({ format: 2 }), "the head's format: got 2"],
    ["another type", "keyword", withHead({ type: "uuid" }), "what the index was created with"],
    ["other options", "keyword", withHead({ options: "[]" }), "what the index was created with"],
    ["numbers that don't agree", "keyword", withHead({ several: 100 }), "numbers that agree"],
    ["more points than there are", "keyword", withHead({ own: 60 }), "the points in set own"],
    ["offsets past those of points", "keyword", withHead({ end: 61 }), "the end of offsets"],
    ["offsets past the end", "keyword", withHead({ end: 59, own: 59 }), "an offset of a block"],
    ["another format", "keyword", withPart("keyword", Part.OWN, (words) => words.set([0x10002])), "format"],
    ["another length", "keyword", withPart("keyword", Part.OWN, (words) => words.set([4], 1)), "the length"],
    [
      "a part of other types",
      "keyword",
      withPart("keyword", Part.OWN, (words) => words.set([0x60001])),
      "part",
    ],
    ["an unknown part", "keyword", withPart("keyword", Part.OWN, (words) => words.set([0x4d0001])), "a part"],
    [
      "unsorted pairs",
      "float",
      withPart("float", Part.PAIRS, (words) => words.set([0, 0xbff00000], 6)),
      "a pair",
    ],
    ["no number", "float", withPart("float", Part.PAIRS, (words) => words.set([0, 0x7ff80000], 6)), "a pair"],
    [
      "a value of another type",
      "bool",
      withPart("bool", Part.VALUES, (words) => words.set([0x40000000], 4)),
      "a value",
    ],
  ])("%s", async (_, type, pieces, message) => {
    const restoring = restored(type, pieces);
    await expect(restoring).rejects.toThrow(NearvecError);
    await expect(restoring).rejects.toThrow(message);
    await expect(restoring).rejects.toMatchObject({ code: "DAMAGED" });
  });
});

describe("an index", () => {
  test("that was written by what reads values otherwise is built anew", async () => {
    const made = await restored("keyword", withHead({ reading: "0" }));
    made.settle();
    expect(partOf(made).isChanged).toBe(true);
    expect(made.seen(requests)).toStrictEqual((await made.rebuilt()).seen(requests));
  });

  test("that comes back doesn't follow the points before", async () => {
    const made = new Indexed();
    await made.create("keyword", "keyword");
    beginRestoring(made.indexes);
    for (const piece of points) made.stored.persistent.restore(piece);
    expect(made.complete("keyword")).toBeUndefined();
    const [field] = made.indexes.fields.values();
    expect(field?.indexed.points).toBe(0);
  });

  test("that fails while it is written makes the checkpoint fail, and no other", async () => {
    const live = stored();
    await live.create("keyword", "keyword");
    live.settle();
    const capture = partOf(live).capture(true);
    capture.write(() => {}, 1);
    const [field] = live.indexes.fields.values();
    const failing = () => {
      throw new RangeError("Array buffer allocation failed");
    };
    Object.defineProperty(field?.indexed, "change", { value: failing });
    live.stored.store([5, payload(5, 3)]);
    expect(field?.failure?.code).toBe("OUT_OF_MEMORY");
    expect(() => capture.write(() => {}, 1)).toThrow(expect.objectContaining({ code: "OUT_OF_MEMORY" }));
    capture.end(false);
    expect([...persistentFields(live.indexes)]).toEqual([]);
  });

  test("has nothing for a checkpoint after one that holds it, unless all is asked for", async () => {
    const live = stored();
    await live.create("keyword", "keyword");
    live.settle();
    const part = partOf(live);
    expect(part.isChanged).toBe(true);
    part.capture(true).end(false);
    expect(part.isChanged).toBe(true);
    const first = part.capture(false);
    expect(first.full).toBe(true);
    expect(() => part.capture(false)).toThrow("second capture");
    expect(() => first.end(true)).toThrow("not all written");
    written(first);
    first.end(true);
    expect(() => first.end(true)).toThrow("twice");
    expect(() => first.write(() => {}, 1)).toThrow("after its end");
    expect(part.isChanged).toBe(false);
    live.stored.store([1, payload(7)]);
    expect(part.isChanged).toBe(false);
    const second = part.capture(false);
    expect(second.full).toBe(false);
    expect(written(second)).toEqual([]);
    second.end(true);
    const third = part.capture(true);
    expect(third.full).toBe(true);
    third.end(false);
    // Another index in its place is another part.
    await live.create("keyword", { type: "keyword", prefix: true });
    live.settle();
    expect(partOf(live)).not.toBe(part);
    expect(partOf(live).isChanged).toBe(true);
  });
});
