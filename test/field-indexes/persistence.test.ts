import fc from "fast-check";
import { expect, test } from "vitest";
import { partialChanges } from "../../src/collection/partial-changes-on-demand.ts";
import { type Change, encoded } from "../collection/persistence/support.ts";
import { fieldTest } from "../filters/arbitraries.ts";
import { type File, Indexed, UnderWay } from "./persistence-support.ts";

await partialChanges.load();

// ── values and indexes ───────────────────────────────────────────────────────────────────────────────────────

const UUID = "550e8400-e29b-41d4-a716-44665544000";
/** JSON texts: of the types of indexes, and a few others. */
const texts = [
  "a",
  "b",
  "ab",
  "Ab",
  "",
  "the quick brown fox",
  "ключ ab",
  "\ud83d\udc4d",
  "\ud800",
  "x\udfff",
  "\ufeffa",
];
const KINDS = [
  fc.constantFrom(...texts.map((text) => JSON.stringify(text))),
  fc.constantFrom("quick fox", "the fox fox", "brown a b", "a b a b").map((text) => JSON.stringify(text)),
  fc.constantFrom(
    ...[
      "0",
      "-0",
      "1",
      "-2",
      "3",
      "0.5",
      "1e300",

      "9007199254740993",
      "9007199254740992",
      "-9223372036854775808",
    ],
  ),
  fc.constantFrom("true", "false"),
  fc
    .constantFrom("2024-02-29", "2024-02-29T00:00:00.001Z", "1999-12-31T23:59:59Z", "9999-12-31")
    .map((date) => `"${date}"`),
  fc
    .constantFrom(`${UUID}0`, `${UUID}1`, `${UUID}1`.toUpperCase(), `${UUID}0`.replaceAll("-", ""))
    .map((id) => `"${id}"`),
  fc
    .record({ lon: fc.constantFrom(-180, -2, 0.25, 2, 170, 500), lat: fc.constantFrom(-2, 0, 2, 89) })
    .map((place) => JSON.stringify(place)),
  fc.constantFrom("null", "{}", "[]"),
];
const scalar = fc.oneof(...KINDS);
const several = (of: fc.Arbitrary<string>) =>
  fc.array(of, { minLength: 1, maxLength: 4 }).map((values) => `[${values}]`);
const value = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 2, arbitrary: fc.oneof(...KINDS.map(several)) },
  several(scalar),
);
const payload = fc.oneof(
  { weight: 8, arbitrary: fc.record({ a: value, b: value }).map(({ a, b }) => `{"a":${a},"b":${b}}`) },
  fc.constantFrom("", "{}", '{"c":1}'),
);

const schema = fc.constantFrom<unknown>(
  "keyword",
  { type: "keyword", prefix: true },
  "integer",
  { type: "integer", lookup: false },
  { type: "integer", range: false, is_principal: true },
  "float",
  "bool",
  "datetime",
  "uuid",
  "geo",
  "text",
  { type: "text", tokenizer: "whitespace", lowercase: false, phrase_matching: true },
  { type: "text", tokenizer: "prefix", max_token_len: 3, phrase_matching: true },
  { type: "text", stopwords: "english", stemmer: { type: "snowball", language: "english" } },
);
const field = fc.constantFrom("a", "b", "a[]", "c");

// ── random histories ─────────────────────────────────────────────────────────────────────────────────────────

const IDS = 40;
const some = fc.array(fc.nat({ max: IDS - 1 }), { minLength: 1, maxLength: 5 });

type Step =
  | { do: "upsert"; which: number[]; payloads: string[] }
  | { do: "delete" | "clear"; which: number[] }
  | { do: "set"; which: number[]; json: string }
  | { do: "create"; field: string; schema: unknown }
  | { do: "drop"; field: string }
  | { do: "turn" | "reopen" }
  | { do: "capture"; full: boolean }
  | { do: "write"; bytes: number }
  | { do: "end"; durable: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant("upsert" as const),
      which: some,
      payloads: fc.array(payload, { minLength: 5, maxLength: 5 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom("delete" as const, "clear" as const), which: some }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("set" as const),
      which: some,
      json: value.map((a) => `{"a":${a}}`),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("create" as const), field, schema }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("drop" as const), field }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("turn" as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("capture" as const), full: fc.boolean() }) },
  { weight: 16, arbitrary: fc.record({ do: fc.constant("write" as const), bytes: fc.nat({ max: 60 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("end" as const), durable: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reopen" as const) }) },
);

/** Points and indexes, what a disk would have of them, and the log. */
class History {
  live = new Indexed();
  /** What was met: checkpoints that were written while points changed, and indexes that came back from them. */
  changedMeanwhile = 0;
  cameBack = 0;
  #chain: File[] = [];
  #log: { sequence: number; redo: (indexed: Indexed) => void | Promise<void> }[] = [];
  #writing: UnderWay | undefined;
  #changes = 0;
  readonly #requests: readonly unknown[];

  constructor(requests: readonly unknown[]) {
    this.#requests = requests;
  }

  async do(step: Step): Promise<void> {
    switch (step.do) {
      case "capture":
        if (this.#writing !== undefined) return;
        this.#writing = new UnderWay(this.live, step.full || this.#chain.length === 0);
        this.#changes = 0;
        return;
      case "write":
        this.#writing?.write(step.bytes);
        return;
      case "end":
        this.end(step.durable);
        return;
      case "reopen":
        this.end(false);
        await this.reopen();
        return;
      case "turn":
        this.live.turn();
        return;
      case "create":
        await this.#log_((indexed) => indexed.create(step.field, step.schema));
        return;
      case "drop":
        await this.#log_((indexed) => indexed.drop(step.field));
        return;
      default: {
        const bytes = encodedStep(this.live, step);
        if (bytes === undefined) return;
        await this.#log_((indexed) => indexed.stored.apply(bytes));
        this.#changes++;
      }
    }
  }

  /** Does it now, and again when it is not in a checkpoint. */
  async #log_(redo: (indexed: Indexed) => void | Promise<void>): Promise<void> {
    const { points } = this.live.stored;
    const before = points.sequence;
    await redo(this.live);
    if (points.sequence === before) points.sequence++;
    const sequence = points.sequence;
    this.#log.push({ sequence, redo });
  }

  end(durable: boolean): void {
    const writing = this.#writing;
    this.#writing = undefined;
    if (writing === undefined) return;
    if (!durable) {
      writing.abandon();
      return;
    }
    if (this.#changes > 0) this.changedMeanwhile++;
    const file = writing.end();
    const isFull = file.parts.every(({ full }) => full);
    this.#chain = isFull ? [file] : [...this.#chain, file];
    this.#log = this.#log.filter(({ sequence }) => sequence > file.sequence);
  }

  async reopened(): Promise<Indexed> {
    if (this.#chain.length === 0) return this.live;
    const restored = await Indexed.restored(this.#chain);
    for (const [, { isComplete }] of restored.indexes.fields) this.cameBack += Number(isComplete);
    for (const { sequence, redo } of this.#log) {
      await redo(restored);
      restored.stored.points.sequence = sequence;
    }
    return restored;
  }

  async reopen(): Promise<void> {
    this.live = await this.reopened();
  }

  /** What comes back is what there is, and what is built of the payloads anew. */
  async check(): Promise<void> {
    const restored = await this.reopened();
    restored.settle();
    this.live.settle();
    const seen = this.live.seen(this.#requests);
    expect(restored.seen(this.#requests)).toStrictEqual(seen);
    const rebuilt = await this.live.rebuilt();
    expect(rebuilt.seen(this.#requests)).toStrictEqual(seen);
    // Sets keep room that they once needed; nothing else takes more than what is built anew.
    const limit = rebuilt.indexes.memoryBytes * 1.5 + 20_000;
    expect(restored.indexes.memoryBytes).toBeLessThan(limit);
    for (const [, field] of this.live.indexes.fields) expect(field.failure).toBeUndefined();
    for (const [, field] of restored.indexes.fields) expect(field.failure).toBeUndefined();
  }
}

function encodedStep(live: Indexed, step: Extract<Step, { which: number[] }>): Uint8Array | undefined {
  let change: Change;
  if (step.do === "upsert") {
    const points = step.which.map((id, i) => ({ id, payload: step.payloads[i] as string }));
    change = { do: "upsert", mode: 0, points };
  } else {
    const ids = step.do === "delete" ? step.which : step.which.filter((id) => live.stored.has(id));
    if (ids.length === 0) return undefined;
    change = step.do === "set" ? { do: "set", ids, key: "", json: step.json } : { do: step.do, ids };
  }
  return encoded(change).slice();
}

const requests = fc.array(
  fc.oneof(
    fc.tuple(field, fieldTest).map(([key, asked]) => ({ must: { key, ...asked } })),
    fc.tuple(field, fieldTest).map(([key, asked]) => ({ must_not: { key, ...asked } })),
    field.map((key) => ({ must: { key, geo_radius: { center: { lon: 0, lat: 0 }, radius: 300_000 } } })),
    fc
      .tuple(
        field,
        fc.constantFrom("phrase", "text", "text_any"),
        fc.constantFrom("fox", "a b", "quick fox", "fox fox"),
      )
      .map(([key, kind, text]) => ({ must: { key, match: { [kind]: text } } })),
  ),
  { minLength: 10, maxLength: 20 },
);

test("whatever happens between, during and after checkpoints, indexes that come back answer as those that stayed", async () => {
  let changedMeanwhile = 0;
  let cameBack = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(field, schema), { minLength: 1, maxLength: 4 }),
      fc.array(step, { minLength: 20, maxLength: 120, size: "max" }),
      requests,
      async (created, steps, requests) => {
        const history = new History(requests);
        for (const [field, schema] of created) await history.do({ do: "create", field, schema });
        for (const each of steps) await history.do(each);
        await history.check();
        await history.do({ do: "capture", full: false });
        history.end(true);
        await history.check();
        // It goes on with what came back.
        await history.reopen();
        for (const each of steps.slice(0, 30)) await history.do(each);
        await history.check();
        changedMeanwhile += history.changedMeanwhile;
        cameBack += history.cameBack;
      },
    ),
    { numRuns: 200, seed: 7 },
  );
  expect(changedMeanwhile).toBeGreaterThan(100);
  expect(cameBack).toBeGreaterThan(500);
}, 120_000);

// ── many points ──────────────────────────────────────────────────────────────────────────────────────────────

const MANY = 12_000;
const manySchemas: Record<string, unknown> = {
  kind: "keyword",
  name: { type: "keyword", prefix: true },
  number: "integer",
  place: "geo",
  text: { type: "text", phrase_matching: true },
};

function contentOf(n: number): object {
  return {
    kind: n % 3 === 0 ? ["x", `k${n % 5}`] : "x",
    name: `name ${(n * 7919) % MANY}`,
    number: (n * 31) % 977,
    place: n % 7 === 0 ? [place(n), place(n + 1)] : place(n),
    text: `word${n % 50} common ${n % 4 === 0 ? "pair of" : "of pair"} w${(n * 13) % 3001}`,
  };
}

function place(n: number): object {
  return { lon: ((n * 37) % 3600) / 10 - 180, lat: ((n * 53) % 1800) / 10 - 90 };
}

const manyRequests = [
  ...["x", "k0", "name 7"].map((value) => ({ must: { key: "kind", match: { value } } })),
  { must: { key: "name", match: { prefix: "name 11" } } },
  { must: { key: "name", match: { value: "name 4711" } } },
  { must: { key: "number", range: { gte: 100, lt: 300 } } },
  { must: { key: "number", match: { value: 31 } } },
  { must: { key: "place", geo_radius: { center: { lon: 0, lat: 0 }, radius: 2_000_000 } } },
  ...["pair of", "common pair", "word7 common of"].map((phrase) => ({
    must: { key: "text", match: { phrase } },
  })),
  { must: { key: "text", match: { text: "common w17" } } },
];

test("what is written in many pieces, while a good part of the points changes, is what was there at the moment", async () => {
  const live = new Indexed();
  const store = (from: number, end: number, shift: number) => {
    const points = Array.from({ length: end - from }, (_, i): [number, string] => {
      return [from + i, JSON.stringify(contentOf(from + i + shift))];
    });
    live.stored.store(...points);
  };
  store(0, MANY, 0);
  for (const [field, schema] of Object.entries(manySchemas)) await live.create(field, schema);
  live.settle();
  const before = live.seen(manyRequests);
  const writing = new UnderWay(live, true);
  let turn = 0;
  do {
    turn++;
    const at = (turn * 617) % MANY;
    // Some change, some get what they had, some go, some come.
    if (turn % 5 === 0) live.stored.send({ do: "delete", ids: [at, at + 1, at + 2] });
    else if (turn % 5 === 1) store(MANY + turn * 3, MANY + turn * 3 + 3, 0);
    else store(at, at + 4, turn % 2 === 0 ? 5 : 0);
  } while (writing.write(5000));
  expect(turn).toBeGreaterThan(200);
  const chain = [writing.end()];
  const restored = await Indexed.restored(chain);
  for (const [, field] of restored.indexes.fields) expect(field.isComplete).toBe(true);
  expect(restored.seen(manyRequests)).toStrictEqual(before);
  chain.push(new UnderWay(live, false).end());
  expect(chain[1]?.parts.map(({ full, pieces }) => [full, pieces.length > 0])).toEqual([
    [false, true],
    ...Object.keys(manySchemas).map(() => [false, false]),
  ]);
  const later = await Indexed.restored(chain);
  expect(later.seen(manyRequests)).toStrictEqual(live.seen(manyRequests));
}, 60_000);
