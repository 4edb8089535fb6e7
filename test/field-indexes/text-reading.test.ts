import { expect, test } from "vitest";
import { readingOf } from "../../src/field-indexes/text-reading.ts";
import { type AnalyzerOptions, createAnalyzer } from "../../src/text/analyzer.ts";

const PLAIN: AnalyzerOptions = {
  tokenizer: "word",
  min_token_len: null,
  max_token_len: null,
  lowercase: true,
  ascii_folding: false,
  stopwords: { languages: [], custom: [] },
  stemmer: null,
};

/** Words that every runtime divides alike. */
const TEXT =
  "The quick brown foxes' relational databases are running-wild: don't e-mail a_b 3.14 naïve façade ÀÉ x".repeat(
    2,
  );

/**
 * If this fails, stored text indexes have other tokens than those that are made now: raise ANALYSIS in text-reading.ts, so
 * that they are built anew, and only then change what is expected here.
 */
test.each<[string, Partial<AnalyzerOptions>, string]>([
  ["word", {}, "1-b4fc3e8d"],
  ["whitespace", { tokenizer: "whitespace", lowercase: false }, "1-625e22d7"],
  ["prefix", { tokenizer: "prefix", min_token_len: 2, max_token_len: 4 }, "1-9b9ef34b"],
  ["folding", { ascii_folding: true }, "1-d8beddeb"],
  ["English", { stemmer: "english", stopwords: { languages: ["english"], custom: ["wild"] } }, "1-3c42c7fc"],
])("%s: tokens are those of stored indexes", async (_, options, expected) => {
  const analyzer = await createAnalyzer({ ...PLAIN, ...options });
  const tokens = analyzer.tokens(TEXT).join(" ");
  expect(readingOf({ ...analyzer, tokens: () => [tokens] })).toBe(expected);
});

test("readings tell analyzers apart that make other tokens, and not those that make the same", async () => {
  const readings = new Set<string>();
  for (const options of [
    {},
    { lowercase: false },
    { ascii_folding: true },
    { tokenizer: "whitespace" as const },
  ]) {
    const first = readingOf(await createAnalyzer({ ...PLAIN, ...options }));
    expect(readingOf(await createAnalyzer({ ...PLAIN, ...options }))).toBe(first);
    readings.add(first);
  }
  expect(readings.size).toBe(4);
});
