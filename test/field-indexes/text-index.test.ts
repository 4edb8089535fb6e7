import { describe, expect, test } from "vitest";
import { Answer } from "../../src/field-indexes/answer.ts";
import type { FieldIndex } from "../../src/field-indexes/field-index.ts";
import { parseFieldParams } from "../../src/field-indexes/params.ts";
import { prepareTextIndex, textIndex } from "../../src/field-indexes/text-on-demand.ts";
import type { Test } from "../../src/filters/filter.ts";
import { parseFilter } from "../../src/filters/parse.ts";
import { IndexedPoints, offsetsOf } from "./support.ts";

async function create(options: Readonly<Record<string, unknown>> = {}): Promise<FieldIndex> {
  const params = parseFieldParams({ type: "text", ...options }, "field_schema");
  await prepareTextIndex(params);
  return textIndex(params);
}

const text = (text: string): Test => ({ kind: "text", text });
const phrase = (text: string): Test => ({ kind: "phrase", text });
const any = (text: string): Test => ({ kind: "text_any", text, tokens: [] });

/** The offsets below 32,768 that an index finds for sure, and those that it leaves open. */
function find(index: FieldIndex, test: Test): { sure: number[]; maybe: number[] } {
  const answer = new Answer(1024);
  index.find(index.bind?.(test) ?? test, answer);
  const maybe = answer.settle();
  return { sure: offsetsOf(answer.sure), maybe: maybe === undefined ? [] : offsetsOf(maybe) };
}

const sure = (...offsets: number[]) => ({ sure: offsets, maybe: [] });

// The documents of Qdrant's own test of its full-text index, and what it finds.
test("finds what Qdrant finds, while points come and go", async () => {
  const index = await create();
  const documents = [
    [
      "The celebration had a long way to go and even in the silent depths of Multivac's underground chambers, it hung in the air.",
    ],
    ["If nothing else, there was the mere fact of isolation and silence."],
    [
      "For the first time in a decade, technicians were not scurrying about the vitals of the giant computer, ",
      "the soft lights did not wink out their erratic patterns, the flow of information in and out had halted.",
    ],
    ["It would not be halted long, of course, for the needs of peace would be pressing."],
    ["Yet now, for a day, perhaps for a week, even Multivac might celebrate the great time, and rest."],
  ];
  for (const [offset, values] of documents.entries()) index.add(offset, values);
  expect(find(index, text("multivac"))).toEqual(sure(0, 4));
  expect(find(index, text("giant computer"))).toEqual(sure(2));
  expect(find(index, text("the great time"))).toEqual(sure(4));

  for (const offset of [2, 3, 4]) index.remove(offset, documents[offset] as string[]);
  expect(find(index, text("giant computer"))).toEqual(sure());
  index.add(3, [
    "The last question was asked for the first time, half in jest, on May 21, 2061,",
    "at a time when humanity first stepped into the light.",
  ]);
  index.add(4, [
    "The question came about as a result of a five dollar bet over highballs, and it happened this way: ",
  ]);
  expect(find(index, text("multivac"))).toEqual(sure(0));
  expect(find(index, text("the"))).toEqual(sure(0, 1, 3, 4));
  index.remove(0, documents[0] as string[]);
  expect(find(index, text("multivac"))).toEqual(sure());
});

describe("the strings of a point", () => {
  test("are taken together where all tokens, or any, must be there", async () => {
    const index = await create();
    index.add(1, ["quick", "brown"]);
    index.add(2, ["quick brown"]);
    index.add(3, ["quick"]);
    expect(find(index, text("brown quick"))).toEqual(sure(1, 2));
    expect(find(index, any("brown fox"))).toEqual(sure(1, 2));
    expect(find(index, text("quick fox"))).toEqual(sure());
  });

  // https://github.com/qdrant/qdrant/issues/8937
  test("are taken one by one for phrases", async () => {
    const index = await create({ phrase_matching: true });
    index.add(1, ["quick", "brown"]);
    index.add(2, ["quick brown"]);
    index.add(3, ["quick", "blue"]);
    index.add(4, ["a very quick brown fox"]);
    index.add(5, ["the", "", "quick brown fox"]);
    index.add(6, ["brown quick"]);
    index.add(7, ["quick", "", "brown"]);
    expect(find(index, phrase("quick brown"))).toEqual(sure(2, 4, 5));
    expect(find(index, phrase("Quick, BROWN: fox!"))).toEqual(sure(4, 5));
    expect(find(index, phrase("brown"))).toEqual(sure(1, 2, 4, 5, 6, 7));
    expect(find(index, phrase("quick green"))).toEqual(sure());
  });
});

describe("phrases", () => {
  test("have the tokens of texts: without stop words, with stems", async () => {
    const index = await create({
      phrase_matching: true,
      stopwords: "english",
      stemmer: { type: "snowball", language: "english" },
    });
    index.add(0, ["The rooms of the living"]);
    expect(find(index, phrase("room for living"))).toEqual(sure(0));
    expect(find(index, phrase("living rooms"))).toEqual(sure());
  });

  test("may end in the middle of a word with the tokenizer prefix", async () => {
    const index = await create({ phrase_matching: true, tokenizer: "prefix" });
    index.add(0, ["hello world"]);
    index.add(1, ["world hello"]);
    expect(find(index, phrase("hello wor"))).toEqual(sure(0));
  });

  test("repeat tokens", async () => {
    const index = await create({ phrase_matching: true });
    index.add(0, ["a a b"]);
    index.add(1, ["a b a"]);
    expect(find(index, phrase("a a"))).toEqual(sure(0));
    expect(find(index, phrase("a b a"))).toEqual(sure(1));
    expect(find(index, phrase("a a a"))).toEqual(sure());
  });

  test("are asked of payloads without phrase matching, but for single words", async () => {
    const index = await create();
    index.add(0, ["quick brown"]);
    index.add(1, ["brown quick"]);
    index.add(2, ["quick"]);
    expect(find(index, phrase("quick brown"))).toEqual({ sure: [], maybe: [0, 1] });
    expect(find(index, phrase("brown"))).toEqual(sure(0, 1));
    expect(find(index, phrase("quick green"))).toEqual(sure());
  });

  test("of long texts with many words", async () => {
    const index = await create({ phrase_matching: true });
    // Numbers of one, two and three bytes.
    const words = Array.from({ length: 20_000 }, (_, i) => `w${i}`);
    index.add(0, [words.join(" ")]);
    index.add(1, [words.toReversed().join(" ")]);
    for (const at of [0, 126, 127, 16_382, 16_383, 19_998]) {
      expect(find(index, phrase(`w${at} w${at + 1}`))).toEqual(sure(0));
      expect(find(index, phrase(`w${at + 1} w${at}`))).toEqual(sure(1));
    }
  });

  test("are left open where very many points have their words", async () => {
    const index = await create({ phrase_matching: true });
    for (let offset = 0; offset < 30_000; offset++) index.add(offset, [offset % 2 === 0 ? "a b" : "b a"]);
    const found = find(index, phrase("a b"));
    expect(found.sure.length).toBeGreaterThanOrEqual(10_000);
    expect(found.sure.every((offset) => offset % 2 === 0)).toBe(true);
    const last = found.sure.at(-1) as number;
    expect(found.maybe).toEqual(
      Array.from({ length: 30_000 }, (_, offset) => offset).filter((offset) => offset > last + 1),
    );
  });
});

test("of long texts a phrase is looked for in few, and the others are left open", async () => {
  const index = await create({ phrase_matching: true });
  const long = "b a ".repeat(20_000);
  for (let offset = 0; offset < 60; offset++) index.add(offset, [offset % 2 === 0 ? `${long} a b` : long]);
  const found = find(index, phrase("a a b"));
  expect(found.sure.length).toBeGreaterThan(5);
  expect(found.sure.every((offset) => offset % 2 === 0)).toBe(true);
  // A word of the bitmap after the other.
  expect(found.maybe).toEqual(Array.from({ length: 28 }, (_, i) => 32 + i));
});

test("of very many words the rarest are looked up, and payloads have the last word", async () => {
  const words = Array.from({ length: 70 }, (_, i) => `w${i}`);
  const index = await create();
  for (let offset = 0; offset < 10; offset++) index.add(offset, [words.join(" ")]);
  for (let offset = 10; offset < 20; offset++) index.add(offset, [words.slice(1).join(" ")]);
  expect(find(index, text(words.join(" ")))).toEqual({
    sure: [],
    maybe: sure(0, 1, 2, 3, 4, 5, 6, 7, 8, 9).sure,
  });
  expect(find(index, text(words.slice(0, 64).join(" ")))).toEqual(sure(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
});

test("a query without tokens finds nothing", async () => {
  const index = await create({ stopwords: "english", phrase_matching: true });
  index.add(0, ["the !!! and"]);
  index.add(1, [""]);
  index.add(2, ["dog"]);
  for (const query of ["", "  ", "!!!", "the", "and the"]) {
    for (const test of [text(query), any(query), phrase(query)]) expect(find(index, test)).toEqual(sure());
  }
  // Stop words are none of the query's tokens.
  expect(find(index, text("the dog"))).toEqual(sure(2));
});

test("prefixes are found, but a query isn't made into prefixes", async () => {
  const index = await create({ tokenizer: "prefix", min_token_len: 2, max_token_len: 4 });
  index.add(0, ["hello world"]);
  index.add(1, ["help"]);
  expect(find(index, text("hel"))).toEqual(sure(0, 1));
  expect(find(index, text("hello"))).toEqual(sure(0));
  expect(find(index, text("hellish"))).toEqual(sure(0));
  expect(find(index, text("hel wo"))).toEqual(sure(0));
  expect(find(index, text("h"))).toEqual(sure());
});

describe("what an index says of tests", () => {
  const made = create({ stopwords: { custom: ["the"] } }).then((index) => {
    index.add(0, ["red fox"]);
    index.add(1, ["red dog"]);
    index.add(2, ["red", "green fox"]);
    return index;
  });

  test.each<[Test, number, number | undefined]>([
    [text("red"), 3, 3],
    [text("the red"), 3, 3],
    [text("red fox"), 2, undefined],
    [text("red cat"), 0, 0],
    [text("the"), 0, 0],
    [any("fox dog"), 3, undefined],
    [any("cat fox"), 2, undefined],
    [any("fox"), 2, 2],
    [any(""), 0, 0],
    [phrase("red"), 3, 3],
    [phrase("red fox"), 2, undefined],
  ])("%j: at most %d, exactly %d", async (asked, most, count) => {
    const index = await made;
    const bound = index.bind?.(asked) as Test;
    expect(index.estimate(bound)).toBe(most);
    expect(index.count(bound)).toBe(count);
    expect(index.covers(bound)).toBe(true);
  });

  test("it is about strings, and has no opinion of other tests", async () => {
    const index = await made;
    expect([1, true, {}, null, "", "x"].filter((value) => index.accepts(value))).toEqual(["", "x"]);
    const others: Test[] = [
      { kind: "value", value: "red fox" },
      { kind: "prefix", text: "red" },
      { kind: "any", values: new Set([1]) },
    ];
    for (const other of others) {
      expect(index.bind?.(other)).toBe(other);
      expect(index.estimate(other)).toBeUndefined();
      expect(index.count(other)).toBeUndefined();
    }
    expect(index.covers({ kind: "value", value: "red fox" })).toBe(true);
    expect(index.covers({ kind: "value", value: 1 })).toBe(false);
    expect(index.covers({ kind: "except", values: new Set(["red"]) })).toBe(false);
  });
});

test("what was removed takes no room", async () => {
  const index = await create({ phrase_matching: true });
  const empty = index.memoryBytes;
  const words = (offset: number) => [`common word${offset} and some more of them`, `word${offset % 100}`];
  const addAll = () => {
    for (let offset = 0; offset < 2000; offset++) index.add(offset, words(offset));
  };
  addAll();
  const full = index.memoryBytes;
  expect(full).toBeGreaterThan(empty + 2000 * 100);
  for (let offset = 0; offset < 2000; offset++) index.remove(offset, words(offset));
  const left = index.memoryBytes;
  // What stays is a place for each token (of which there were 2006) and for each point.
  expect(left).toBeLessThan(empty + 2010 * 16 + 2000 * 10);
  addAll();
  expect(Math.abs(index.memoryBytes - full)).toBeLessThan(full / 10);
  expect(find(index, phrase("word7 and"))).toEqual(sure(7));
});

test("two indexes with the same options don't share their points", async () => {
  const [one, other] = [await create(), await create()];
  one.add(0, ["fox"]);
  expect(find(other, text("fox"))).toEqual(sure());
  expect(find(one, text("fox"))).toEqual(sure(0));
});

test("an index whose options were not prepared is not made", () => {
  const params = parseFieldParams({ type: "text", max_token_len: 17 }, "field_schema");
  expect(() => textIndex(params)).toThrow(expect.objectContaining({ code: "INTERNAL" }));
});

test("what was prepared is kept for those options alone, and goes with them", async () => {
  const prepared = parseFieldParams({ type: "text", max_token_len: 18 }, "field_schema");
  await prepareTextIndex(prepared);
  expect(textIndex(prepared).accepts("")).toBe(true);
  const equal = parseFieldParams({ type: "text", max_token_len: 18 }, "field_schema");
  expect(() => textIndex(equal)).toThrow(expect.objectContaining({ code: "INTERNAL" }));
});

describe("filters", () => {
  async function points(
    paths: readonly string[],
    params: unknown,
    ...payloads: object[]
  ): Promise<IndexedPoints> {
    const made = new IndexedPoints();
    for (const path of paths) await made.create(path, params);
    for (const [offset, payload] of payloads.entries()) made.put(offset, JSON.stringify(payload));
    made.settle();
    return made;
  }

  test("mean tokens where there is a text index, and substrings where there is none", async () => {
    const made = await points(
      ["a"],
      "text",
      { a: "Hello World", b: "Hello World" },
      { a: ["World", "hello"], b: ["World", "hello"] },
      { a: "Helloworld", b: "Helloworld" },
    );
    const asked = (key: string, match: object) => made.asked(parseFilter({ must: { key, match } }, "filter"));
    expect(asked("a", { text: "hello world" })).toEqual([0, 1]);
    expect(asked("b", { text: "hello world" })).toEqual([]);
    expect(asked("a", { text_any: "WORLD x" })).toEqual([0, 1]);
    expect(asked("b", { text_any: "World x" })).toEqual([0, 1]);
    expect(asked("a", { phrase: "hello world" })).toEqual([0]);
    expect(asked("b", { phrase: "o W" })).toEqual([0]);
    // Other tests of the field stay what they are.
    expect(asked("a", { value: "Hello World" })).toEqual([0]);
    expect(asked("a", { prefix: "Hel" })).toEqual([0, 2]);
    expect(asked("a", { except: ["Helloworld"] })).toEqual([0, 1]);
  });

  test("use the index of `key[].field` inside nested, with the tokens of one object", async () => {
    const made = await points(
      ["n[].a"],
      { type: "text", phrase_matching: true },
      { n: [{ a: "red fox" }, { a: "blue" }] },
      { n: [{ a: "red" }, { a: "fox" }] },
      { n: [{ a: ["fox", "red"] }] },
    );
    const inside = (match: object) =>
      parseFilter({ must: { nested: { key: "n", filter: { must: { key: "a", match } } } } }, "filter");
    expect(made.asked(inside({ text: "FOX red" }))).toEqual([0, 2]);
    expect(made.asked(inside({ phrase: "red fox" }))).toEqual([0]);
    expect(made.asked(inside({ text_any: "blue fox" }))).toEqual([0, 1, 2]);
    expect(made.answer(inside({ phrase: "red fox" }))).toEqual(sure(0));
    // All objects' values together.
    const flat = parseFilter({ must: { key: "n[].a", match: { text: "fox red" } } }, "filter");
    expect(made.answer(flat)).toEqual(sure(0, 1, 2));
    expect(made.asked(flat)).toEqual([0, 1, 2]);
  });

  test("without tokens exclude nothing", async () => {
    const made = await points(["a"], { type: "text", stopwords: "english" }, { a: "the fox" }, { b: 1 });
    const filter = parseFilter({ must_not: { key: "a", match: { text: "the" } } }, "filter");
    expect(made.asked(filter)).toEqual([0, 1]);
    expect(made.answer(filter)).toEqual(sure(0, 1));
  });
});
