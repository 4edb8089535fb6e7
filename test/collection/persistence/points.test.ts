import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { UpsertMode } from "../../../src/collection/operation.ts";
import { partialChanges } from "../../../src/collection/partial-changes-on-demand.ts";
import { PersistentPoints } from "../../../src/collection/persistence/points.ts";
import type { FieldIndexes } from "../../../src/field-indexes/field-indexes.ts";
import { type Capture, PIECE_BYTES, type Piece, Section } from "../../../src/journal/sections.ts";
import type { PointId } from "../../../src/points/ids.ts";
import { anyId } from "../../points/arbitraries.ts";
import { type Change, encoded, Journalled, Pieces, written } from "./support.ts";

await partialChanges.load();

// ── random histories ───────────────────────────────────────────────────────────────────────────────────────

const IDS = 24;
/** Points are named by their place in a list of ids, so that steps meet the same ones often. */
const some = fc.array(fc.nat({ max: IDS - 1 }), { minLength: 1, maxLength: 5 });
const payload = fc.oneof(
  fc.constant(""),
  fc.constant("{}"),
  fc.record({ a: fc.nat({ max: 9 }), b: fc.string({ maxLength: 12 }) }).map((value) => JSON.stringify(value)),
  fc.nat({ max: 700 }).map((length) => JSON.stringify({ long: "ü".repeat(length) })),
);

type Step =
  | { do: "upsert"; mode: UpsertMode; which: number[]; payloads: string[] }
  | { do: "delete" | "clear" | "vectors" | "noVectors"; which: number[] }
  | { do: "set" | "overwrite" | "deleteKeys"; which: number[]; key: string; json: string }
  | { do: "capture"; full: boolean }
  | { do: "write"; bytes: number }
  | { do: "end"; durable: boolean }
  | { do: "reopen" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("upsert" as const),
      mode: fc.constantFrom(
        UpsertMode.UPSERT,
        UpsertMode.UPSERT,
        UpsertMode.INSERT_ONLY,
        UpsertMode.UPDATE_ONLY,
      ),
      which: some,
      payloads: fc.array(payload, { minLength: 5, maxLength: 5 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("delete" as const), which: some }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("clear" as const, "vectors" as const, "noVectors" as const),
      which: some,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("set" as const, "overwrite" as const),
      which: some,
      key: fc.constantFrom("", ""),
      json: fc.constantFrom('{"c":[1,2]}', '{"a":null}', "{}"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("deleteKeys" as const),
      which: some,
      key: fc.constant(""),
      json: fc.constantFrom('["a"]', '["c","b"]'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("capture" as const), full: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("write" as const), bytes: fc.nat({ max: 2000 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("end" as const), durable: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reopen" as const) }) },
);

interface UnderWay {
  readonly capture: Capture;
  readonly pieces: Pieces;
  /** What it should come to. */
  readonly seen: Journalled["seen"];
  readonly sequence: number;
}

/** Points, what a disk would have of them, and what they were when it got that. */
class History {
  live = new Journalled();
  readonly #ids: readonly PointId[];
  /** Pieces of the checkpoints that are durable, of which the first is full. */
  #chain: Piece[] = [];
  #saved = new Journalled().seen;
  #savedSequence = 0;
  /** Operations by their numbers. */
  readonly #log: Uint8Array[] = [];
  #capture: UnderWay | undefined;

  constructor(ids: readonly PointId[]) {
    this.#ids = ids;
  }

  do(step: Step): void {
    switch (step.do) {
      case "capture":
        if (this.#capture !== undefined) return;
        this.#capture = {
          seen: this.live.seen,
          sequence: this.live.points.sequence,
          capture: this.live.persistent.capture(step.full),
          pieces: new Pieces(),
        };
        if (step.full) expect(this.#capture.capture.full).toBe(true);
        return;
      case "write":
        this.#capture?.capture.write(this.#capture.pieces.sink, step.bytes);
        return;
      case "end":
        if (this.#capture !== undefined) this.#end(step.durable);
        return;
      case "reopen":
        this.check();
        if (this.#capture !== undefined) this.#end(false);
        this.live = this.#reopened();
        return;
      default:
        this.#change(step);
    }
  }

  #change(step: Extract<Step, { which: number[] }>): void {
    const ids = step.which.map((place) => this.#ids[place] as PointId);
    let change: Change;
    if (step.do === "upsert") {
      const points = ids.map((id, i) => ({ id, payload: step.payloads[i] as string }));
      change = { do: step.do, mode: step.mode, points };
    } else {
      // All but deletions need their points to be there.
      const there = step.do === "delete" ? ids : ids.filter((id) => this.live.has(id));
      if (there.length === 0) return;
      change = { ...step, ids: there };
    }
    const bytes = encoded(change).slice();
    this.live.apply(bytes);
    this.#log[this.live.points.sequence] = bytes;
  }

  #end(durable: boolean): void {
    const { capture, pieces, seen, sequence } = this.#capture as UnderWay;
    this.#capture = undefined;
    while (durable && capture.write(pieces.sink, 100));
    capture.end(durable);
    if (!durable) return;
    this.#chain = capture.full ? pieces.all : [...this.#chain, ...pieces.all];
    this.#saved = seen;
    this.#savedSequence = sequence;
    const changed = this.live.points.sequence > sequence;
    // Some operations change nothing, but nothing changes without one.
    if (!changed) expect(this.live.persistent.isChanged).toBe(false);
  }

  #reopened(): Journalled {
    const restored = Journalled.restored(this.#chain, this.#savedSequence);
    expect(restored.seen).toStrictEqual(this.#saved);
    expect(restored.persistent.isChanged).toBe(false);
    for (let number = this.#savedSequence + 1; number <= this.live.points.sequence; number++) {
      restored.apply(this.#log[number] as Uint8Array);
    }
    return restored;
  }

  /** What is restored and what is replayed on it are the points as they are. */
  check(): void {
    expect(this.#reopened().seen).toStrictEqual(this.live.seen);
  }
}

const ids = fc.uniqueArray(anyId, { minLength: IDS, maxLength: IDS });

test("whatever happens between, during and after captures, what they hold is the points of their moment", () => {
  fc.assert(
    fc.property(ids, fc.array(step, { maxLength: 120, size: "max" }), (ids, steps) => {
      const history = new History(ids);
      for (const each of steps) history.do(each);
      history.check();
      history.do({ do: "capture", full: false });
      history.do({ do: "end", durable: true });
      history.check();
    }),
    { numRuns: 250, seed: 11 },
  );
});

// ── single cases ───────────────────────────────────────────────────────────────────────────────────────────

const payloadOf = (length: number, letter = "x") => JSON.stringify({ t: letter.repeat(length) });

function filled(count: number, length = 20): Journalled {
  const made = new Journalled();
  made.store(...Array.from({ length: count }, (_, i) => [i, payloadOf(length)] as [number, string]));
  return made;
}

function durable(made: Journalled, full: boolean): Piece[] {
  const capture = made.persistent.capture(full);
  const pieces = written(capture);
  capture.end(true);
  return pieces;
}

describe("a capture", () => {
  test("is full when there is none to build on, and until one is durable", () => {
    const made = filled(10);
    expect(made.persistent.isChanged).toBe(true);
    made.persistent.capture(false).end(false);
    const capture = made.persistent.capture(false);
    expect(capture.full).toBe(true);
    written(capture);
    capture.end(true);
    expect(made.persistent.isChanged).toBe(false);
    expect(made.persistent.capture(false).full).toBe(false);
  });

  test("writes what has changed, and nothing else", () => {
    const made = filled(10_000, 100);
    const full = durable(made, true);
    for (let id = 0; id < 100; id++) made.send({ do: "vectors", ids: [id * 97] });
    const delta = durable(made, false);
    const bytes = (pieces: readonly Piece[]) => pieces.reduce((sum, piece) => sum + piece.bytes.length, 0);
    expect(bytes(delta) / bytes(full)).toBeLessThan(0.011);
    expect(delta.map(({ section, count }) => [section, count])).toEqual([
      [Section.HEAD, 0],
      [Section.POINTS, 100],
    ]);
    expect(Journalled.restored([...full, ...delta]).seen).toStrictEqual(made.seen);
    expect(durable(made, false)).toHaveLength(1);
  });

  test("knows points that were there before it watched", () => {
    const made = filled(100);
    const later = new PersistentPoints(made.points);
    expect(later.isChanged).toBe(true);
    expect(Journalled.restored(written(later.capture(false))).seen).toStrictEqual(made.seen);
  });

  test("ends its pieces where they would be too large, and gives a large row one of its own", () => {
    const made = filled(30_000, 80);
    made.store([7, payloadOf(PIECE_BYTES, "7")], [20_000, payloadOf(3 * PIECE_BYTES, "2")]);
    const capture = made.persistent.capture(true);
    // One of the large ones changes before it is written.
    const before = made.seen;
    made.store([20_000, payloadOf(10)]);
    const pieces = written(capture);
    expect(pieces.filter(({ bytes }) => bytes.length > PIECE_BYTES).map(({ count }) => count)).toEqual([
      1, 1,
    ]);
    expect(pieces.reduce((sum, { count }) => sum + count, 0)).toBe(30_000);
    expect(pieces.length).toBeLessThan(10);
    expect(Journalled.restored(pieces).seen).toStrictEqual(before);
  });

  test("writes about as much as it is told to", () => {
    const made = filled(5000, 80);
    const capture = made.persistent.capture(true);
    for (const bytes of [0, 1, 4096, 100_000]) {
      const pieces = new Pieces();
      expect(capture.write(pieces.sink, bytes)).toBe(true);
      const got = pieces.all.reduce((sum, piece) => sum + piece.bytes.length, 0);
      expect(got).toBeGreaterThanOrEqual(bytes);
      expect(got).toBeLessThan(bytes + 200);
    }
    expect(capture.write(() => {}, 2 ** 30)).toBe(false);
  });

  test("keeps what changes while it is written, many buffers of it", () => {
    const made = filled(20_000, 100);
    const before = made.seen;
    const capture = made.persistent.capture(true);
    const pieces = new Pieces();
    let next = 19_999;
    do {
      for (const end = next - 2000; next > end && next >= 0; next--) {
        if (next % 3 === 0) made.send({ do: "delete", ids: [next] });
        else made.store([next, payloadOf(next % 7)]);
      }
      made.store([100_000 + next, payloadOf(5)]);
    } while (capture.write(pieces.sink, 50_000));
    capture.end(true);
    expect(Journalled.restored(pieces.all).seen).toStrictEqual(before);
    pieces.all.push(...durable(made, false));
    expect(Journalled.restored(pieces.all).seen).toStrictEqual(made.seen);
  });

  test("fails, and no change does, when there is no room to keep what changes", () => {
    const made = filled(50);
    const { payloads } = made.points;
    const capture = made.persistent.capture(true);
    const noMemory = vi.spyOn(payloads, "getBytes").mockImplementation(() => {
      throw new RangeError("Array buffer allocation failed");
    });
    made.persistent.before(7);
    noMemory.mockRestore();
    made.store([7, payloadOf(9)], [8, ""]);
    const write = () => capture.write(() => {}, 1);
    expect(write).toThrow(expect.objectContaining({ code: "OUT_OF_MEMORY" }));
    expect(write).toThrow("no room for the rows");
    capture.end(false);
    expect(Journalled.restored(durable(made, false)).seen).toStrictEqual(made.seen);
  });

  test("versions beyond 32 bits come back", () => {
    const made = new Journalled();
    made.points.sequence = 2 ** 53 - 3;
    made.store([1, ""]);
    made.store([2, ""]);
    const restored = Journalled.restored(durable(made, true));
    expect(restored.seen.points.map(({ version }) => version)).toEqual([2 ** 53 - 2, 2 ** 53 - 1]);
  });

  test("is not to be used wrongly", () => {
    const made = filled(10);
    const capture = made.persistent.capture(true);
    expect(() => made.persistent.capture(true)).toThrow("second capture");
    expect(() => capture.end(true)).toThrow("not all written");
    capture.end(false);
    expect(() => capture.end(false)).toThrow("twice");
    expect(() => capture.write(() => {}, 1)).toThrow("after its end");
    expect(() => made.persistent.restore({ section: Section.HEAD, from: 0, count: 0, bytes: NONE })).toThrow(
      "has some",
    );
  });
});

const NONE = new Uint8Array(0);

describe("restoring", () => {
  test("nothing leaves nothing", () => {
    const made = new Journalled();
    made.persistent.restored();
    expect(made.seen).toStrictEqual({ end: 0, size: 0, points: [] });
    expect(made.persistent.isChanged).toBe(false);
    expect(Journalled.restored(durable(made, true)).seen.points).toEqual([]);
  });

  test("a full checkpoint makes void what was before it", () => {
    const made = filled(100);
    const pieces = durable(made, true);
    made.send({ do: "delete", ids: Array.from({ length: 90 }, (_, i) => i) });
    pieces.push(...durable(made, true));
    const restored = Journalled.restored(pieces, made.points.sequence);
    expect(restored.seen).toStrictEqual(made.seen);
    // What was deleted has no payload left either: its offset is given to a point without one.
    for (const each of [made, restored]) each.store([1000, ""], [1001, ""]);
    expect(restored.seen).toStrictEqual(made.seen);
  });

  test("ids can change places from one checkpoint to the next", () => {
    const made = filled(2);
    const pieces = durable(made, true);
    made.send({ do: "delete", ids: [0, 1] });
    made.store([1, '{"now":0}'], [0, ""]);
    pieces.push(...durable(made, false));
    expect(Journalled.restored(pieces).seen).toStrictEqual(made.seen);
  });

  test("indexes of fields are told of every payload that comes, changes and goes", () => {
    const told = new Map<number, string>();
    const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();
    const made = filled(50);
    const pieces = durable(made, true);
    made.send({ do: "delete", ids: [1, 2, 3] });
    made.store([4, payloadOf(3)], [5, ""], [100, payloadOf(4)]);
    pieces.push(...durable(made, false), ...durable(made, true));
    const restored = new Journalled();
    restored.points.fields = {
      payloadChanges(offset: number, before?: Uint8Array, after?: Uint8Array) {
        expect(text(before)).toBe(told.get(offset));
        if (after === undefined) told.delete(offset);
        else told.set(offset, text(after) as string);
      },
    } as FieldIndexes;
    for (const piece of pieces) restored.persistent.restore(piece);
    restored.persistent.restored();
    const expected = restored.seen.points.flatMap(({ offset, payload }) =>
      payload ? [[offset, payload]] : [],
    );
    expect([...told].sort(([a], [b]) => a - b)).toEqual(expected.sort(([a], [b]) => Number(a) - Number(b)));
  });
});
