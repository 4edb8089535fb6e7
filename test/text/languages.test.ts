import { expect, test } from "vitest";
import { parseLanguage } from "../../src/text/languages.ts";
import { STEMMER_LANGUAGES } from "../../src/text/stemmers.ts";
import { STOP_WORD_LANGUAGES } from "../../src/text/stop-words.ts";

test("languages go by their names, and by Qdrant's codes", () => {
  expect(parseLanguage("german", "x", STEMMER_LANGUAGES)).toBe("german");
  expect(parseLanguage("de", "x", STEMMER_LANGUAGES)).toBe("german");
  expect(parseLanguage("hy", "x", STEMMER_LANGUAGES)).toBe("armenian");
  expect(parseLanguage("jp", "x", STOP_WORD_LANGUAGES)).toBe("japanese");
  expect(parseLanguage("hi-en", "x", STOP_WORD_LANGUAGES)).toBe("hinglish");
});

test.each(["German", "xx", "", "toString", "constructor", "jp", 7, null])(
  "%s is no language of stemmers",
  (value) => {
    expect(() => parseLanguage(value, "stemmer.language", STEMMER_LANGUAGES)).toThrow(
      expect.objectContaining({
        code: "INVALID_ARGUMENT",
        message: expect.stringContaining("stemmer.language: got "),
      }),
    );
  },
);
