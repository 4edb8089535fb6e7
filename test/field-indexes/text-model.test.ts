import fc from "fast-check";
import { expect, test } from "vitest";
import { parseFilter } from "../../src/filters/parse.ts";
import { IndexedPoints } from "./support.ts";

/** Options that the naive analyzer knows. */
interface Options {
  readonly tokenizer: "word" | "whitespace" | "prefix";
  readonly lowercase: boolean;
  readonly min_token_len: number | null;
  readonly max_token_len: number | null;
  readonly stopwords: { readonly custom: readonly string[] };
  readonly phrase_matching: boolean;
}

type Match = Readonly<Record<"text" | "text_any" | "phrase", string | undefined>>;

/** Tokens, written as plainly as possible and apart from the implementation. */
function naiveTokens(text: string, options: Options, isQuery: boolean): string[] {
  const { tokenizer, lowercase, min_token_len, max_token_len, stopwords } = options;
  const least = min_token_len ?? 0;
  const most = max_token_len ?? 1000;
  const parts = [""];
  for (const letter of lowercase ? text.toLowerCase() : text) {
    if (tokenizer === "whitespace" ? letter === " " : !/[a-zäé0-9𠮷]/iu.test(letter)) parts.push("");
    else parts.push((parts.pop() as string) + letter);
  }
  const words = parts.filter((part) => part !== "").map((part) => [...part]);
  const tokens: string[] = [];
  for (const word of words) {
    if (word.length < least) continue;
    if (tokenizer === "prefix" && isQuery) {
      tokens.push(word.slice(0, most).join(""));
      continue;
    }
    const isStopWord = stopwords.custom.some(
      (stop) => (lowercase ? stop.toLowerCase() : stop) === word.join(""),
    );
    if (isStopWord) continue;
    if (tokenizer !== "prefix") {
      if (word.length <= most) tokens.push(word.join(""));
      continue;
    }
    for (let length = 1; length <= word.length; length++) {
      if (length >= least && length <= most) tokens.push(word.slice(0, length).join(""));
    }
  }
  return tokens;
}

/** Whether the values of a field, arrays or not, meet a match. */
function naiveMatch(values: readonly unknown[], match: Match, options: Options): boolean {
  const texts = values
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter((value) => typeof value === "string")
    .map((value) => naiveTokens(value, options, false));
  if (match.phrase !== undefined) {
    const run = naiveTokens(match.phrase, options, false);
    const found = (text: string[]) => `\n${text.join("\n")}\n`.includes(`\n${run.join("\n")}\n`);
    return run.length > 0 && texts.some(found);
  }
  const wanted = naiveTokens(match.text ?? match.text_any ?? "", options, true);
  const has = (token: string) => texts.some((text) => text.includes(token));
  if (match.text_any !== undefined) return wanted.some(has);
  return wanted.length > 0 && wanted.every(has);
}

const WORDS = ["a", "ab", "abc", "AB", "b", "bä", "é", "the", "The", "𠮷a", "a𠮷", "7", "!", "a-b", "👍"];
const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 5 }).map((words) => words.join(" "));
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 5, arbitrary: text },
  fc.array(fc.oneof(text, fc.constantFrom(1, null, true, ["a"])), { maxLength: 3 }),
  fc.constantFrom(1, null, { a: "a" }),
);
interface Content {
  readonly a?: unknown;
  readonly n?: { readonly a?: unknown }[];
}
const content: fc.Arbitrary<Content> = fc.record(
  { a: value, n: fc.array(fc.record({ a: value }, { requiredKeys: [] }), { maxLength: 3 }) },
  { requiredKeys: [] },
);

const length = fc.option(fc.integer({ min: 1, max: 3 }));
const options: fc.Arbitrary<Options> = fc
  .record({
    tokenizer: fc.constantFrom("word" as const, "whitespace" as const, "prefix" as const),
    lowercase: fc.boolean(),
    min_token_len: length,
    max_token_len: length,
    stopwords: fc.constantFrom({ custom: [] }, { custom: ["the"] }, { custom: ["AB", "é"] }),
    phrase_matching: fc.boolean(),
  })
  .filter(({ min_token_len, max_token_len }) => (min_token_len ?? 0) <= (max_token_len ?? 9));

const match = fc.oneof(
  fc.record({ text }),
  fc.record({ text_any: text }),
  fc.record({ phrase: text }),
) as fc.Arbitrary<Match>;

const OFFSETS = 40;
const change = fc.record({
  offset: fc.nat(OFFSETS),
  content: fc.option(content, { freq: 4 }),
  remove: fc.boolean(),
});

/** The condition as a request has it, and what it says of a payload. */
interface Asked {
  readonly condition: object;
  readonly isPhrase: boolean;
  /** Whether the index alone can tell: not what one object has of what several have. */
  readonly isExact: boolean;
  readonly path: "a" | "n[].a";
  /** @param options those of the index of the path */
  readonly holds: (content: Content, options: Options) => boolean;
}

const about = (match: Match, isExact: boolean) => ({ isPhrase: match.phrase !== undefined, isExact });

const asked: fc.Arbitrary<Asked> = match.chain((match) =>
  fc.constantFrom<Asked>(
    {
      ...about(match, true),
      path: "a",
      condition: { key: "a", match },
      holds: ({ a }, options) => naiveMatch([a], match, options),
    },
    {
      ...about(match, true),
      path: "n[].a",
      condition: { key: "n[].a", match },
      holds: ({ n = [] }, options) =>
        naiveMatch(
          n.map(({ a }) => a),
          match,
          options,
        ),
    },
    {
      ...about(match, false),
      path: "n[].a",
      condition: { nested: { key: "n", filter: { must: { key: "a", match } } } },
      holds: ({ n = [] }, options) => n.some(({ a }) => naiveMatch([a], match, options)),
    },
    {
      ...about(match, false),
      path: "n[].a",
      condition: { nested: { key: "n[]", filter: { must_not: { key: "a", match } } } },
      holds: ({ n = [] }, options) => n.some(({ a }) => !naiveMatch([a], match, options)),
    },
  ),
);

test("text indexes find what a naive search finds, while points come, change and go", async () => {
  const met = { some: 0, open: 0 };
  const run = fc.asyncProperty(
    fc.record({ a: options, "n[].a": options }),
    fc.array(change, { minLength: 20, maxLength: 80 }),
    fc.nat(60),
    fc.array(fc.tuple(asked, fc.boolean()), { minLength: 15, maxLength: 15 }),
    async (options, changes, createdAt, questions) => {
      const points = new IndexedPoints();
      const contents = new Map<number, Content>();
      for (const [at, { offset, content, remove }] of changes.entries()) {
        if (at === createdAt) {
          // Built while points go on changing.
          for (const [path, each] of Object.entries(options)) {
            await points.create(path, { type: "text", ...each });
          }
          points.puppet.tasks.shift()?.task();
        }
        if (remove) {
          points.delete(offset);
          contents.delete(offset);
        } else {
          points.put(offset, content === null ? undefined : JSON.stringify(content));
          contents.set(offset, content ?? {});
        }
      }
      if (changes.length <= createdAt) {
        for (const [path, each] of Object.entries(options)) {
          await points.create(path, { type: "text", ...each });
        }
      }
      points.settle();

      for (const [{ condition, isPhrase, isExact, path, holds }, not] of questions) {
        const expected = [...contents]
          .filter(([, content]) => holds(content, options[path]) !== not)
          .map(([offset]) => offset)
          .sort((a, b) => a - b);
        const filter = parseFilter(not ? { must_not: condition } : { must: condition }, "filter");
        expect(points.asked(filter)).toEqual(expected);
        const count = points.count(filter);
        if (count !== undefined) expect(count).toBe(expected.length);
        const answer = points.answer(filter);
        if (answer === undefined) continue;
        expect(answer.sure.filter((offset) => !expected.includes(offset))).toEqual([]);
        const possible = [...answer.sure, ...answer.maybe];
        expect(expected.filter((offset) => !possible.includes(offset))).toEqual([]);
        if (isExact && (options[path].phrase_matching || !isPhrase)) expect(answer.maybe).toEqual([]);
        if (answer.maybe.length > 0) met.open++;
        if (expected.length > 0 && expected.length < contents.size) met.some++;
      }
    },
  );
  await fc.assert(run, { numRuns: 600 });
  // Queries that find some points, and answers that leave some open, are worth testing.
  expect(met.some).toBeGreaterThan(2000);
  expect(met.open).toBeGreaterThan(100);
});
