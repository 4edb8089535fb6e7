import { describe, expect, test } from "vitest";
import { snowball, textOptions } from "./support.ts";

const DEFAULTS = {
  tokenizer: "word",
  min_token_len: null,
  max_token_len: null,
  lowercase: true,
  ascii_folding: false,
  phrase_matching: false,
  stopwords: { languages: [], custom: [] },
  stemmer: null,
};

describe("options of a text index", () => {
  test("have Qdrant's defaults", () => {
    expect(textOptions()).toEqual(DEFAULTS);
    const nothing = Object.fromEntries(Object.keys(DEFAULTS).map((name) => [name, null]));
    expect(textOptions(nothing)).toEqual(DEFAULTS);
  });

  test.each<[Record<string, unknown>, Record<string, unknown>]>([
    [{ tokenizer: "multilingual" }, { tokenizer: "multilingual" }],
    [
      { min_token_len: 3, max_token_len: 3 },
      { min_token_len: 3, max_token_len: 3 },
    ],
    [{ min_token_len: 0 }, { min_token_len: 0 }],
    [
      { lowercase: false, ascii_folding: true, phrase_matching: true },
      { lowercase: false, ascii_folding: true, phrase_matching: true },
    ],
    [{ stopwords: "english" }, { stopwords: { languages: ["english"], custom: [] } }],
    [{ stopwords: {} }, {}],
    [{ stopwords: { languages: null, custom: ["AAA"] } }, { stopwords: { languages: [], custom: ["AAA"] } }],
    // Sets: an index with the same in another order is the same.
    [
      { stopwords: { languages: ["es", "english", "spanish"], custom: ["b", "a", "b"] } },
      { stopwords: { languages: ["english", "spanish"], custom: ["a", "b"] } },
    ],
    [snowball("german"), { stemmer: "german" }],
    [snowball("de"), { stemmer: "german" }],
    [{ stemmer: { type: "none" } }, {}],
  ])("%j", (given, expected) => {
    expect(textOptions(given)).toEqual({ ...DEFAULTS, ...expected });
  });

  test.each<[Record<string, unknown>, string, string]>([
    [{ tokenizer: "words" }, "INVALID_ARGUMENT", "schema.tokenizer"],
    [{ min_token_len: -1 }, "INVALID_ARGUMENT", "schema.min_token_len"],
    [{ max_token_len: 1.5 }, "INVALID_ARGUMENT", "schema.max_token_len"],
    [{ max_token_len: "3" }, "INVALID_ARGUMENT", "schema.max_token_len"],
    [
      { min_token_len: 4, max_token_len: 3 },
      "INVALID_ARGUMENT",
      "schema.min_token_len: got 4, expected at most max_token_len, which is 3",
    ],
    [{ lowercase: "yes" }, "INVALID_ARGUMENT", "schema.lowercase"],
    [{ stopwords: "klingon" }, "INVALID_ARGUMENT", "schema.stopwords"],
    [{ stopwords: ["english"] }, "INVALID_ARGUMENT", "schema.stopwords"],
    [{ stopwords: { languages: "english" } }, "INVALID_ARGUMENT", "schema.stopwords.languages"],
    [
      { stopwords: { languages: ["english", "klingon"] } },
      "INVALID_ARGUMENT",
      "schema.stopwords.languages[1]",
    ],
    [{ stopwords: { languages: ["hebrew"] } }, "NOT_SUPPORTED", "hebrew"],
    [{ stopwords: "eu" }, "NOT_SUPPORTED", "basque"],
    [{ stopwords: { custom: ["a", 7] } }, "INVALID_ARGUMENT", "schema.stopwords.custom[1]"],
    [{ stopwords: { words: ["a"] } }, "INVALID_ARGUMENT", "schema.stopwords.words"],
    [{ stemmer: "english" }, "INVALID_ARGUMENT", "schema.stemmer"],
    [{ stemmer: { type: "snowball" } }, "INVALID_ARGUMENT", "schema.stemmer.language"],
    [{ stemmer: { type: "porter", language: "english" } }, "INVALID_ARGUMENT", "schema.stemmer.type"],
    [{ stemmer: { language: "english" } }, "INVALID_ARGUMENT", "schema.stemmer.type"],
    [{ stemmer: { type: "none", language: "english" } }, "INVALID_ARGUMENT", "schema.stemmer.language"],
    [snowball("japanese"), "INVALID_ARGUMENT", "schema.stemmer.language"],
  ])("%j is refused", (given, code, message) => {
    expect(() => textOptions(given)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
});
