import { describe, expect, test } from "vitest";
import { loadStopWords, STOP_WORD_LANGUAGES } from "../../src/text/stop-words.ts";

/** A word or two that every list of the language has to have. */
const COMMON: Readonly<Record<string, string>> = {
  arabic: "في",
  chinese: "的",
  danish: "og det",
  dutch: "en het",
  english: "and over ll mustn't",
  finnish: "ja on",
  french: "et dans",
  german: "und für",
  greek: "και",
  hungarian: "és egy",
  indonesian: "dan yang",
  italian: "e della",
  japanese: "の は",
  nepali: "र",
  norwegian: "og ikke",
  portuguese: "e não",
  romanian: "ar este",
  russian: "и не",
  spanish: "y de",
  swedish: "och inte",
  turkish: "ve için",
};
const MISSING = [
  "azerbaijani",
  "basque",
  "bengali",
  "catalan",
  "hebrew",
  "hinglish",
  "kazakh",
  "slovene",
  "tajik",
] as const;

describe("lists of stop words", () => {
  test.each(Object.entries(COMMON))("%s", async (language, words) => {
    const list = await loadStopWords(language as never);
    expect(words.split(" ").filter((word) => !list.includes(word))).toEqual([]);
    expect(list).not.toContain("qdrant");
  });

  test.each(MISSING)("%s has none", async (language) => {
    await expect(loadStopWords(language)).rejects.toMatchObject({
      code: "NOT_SUPPORTED",
      message: `a list of stop words for ${language} is not supported yet. Give the words themselves, as \`custom\`.`,
    });
  });

  test("are there or known to be missing for all languages that Qdrant has", () => {
    expect([...STOP_WORD_LANGUAGES].sort()).toEqual([...Object.keys(COMMON), ...MISSING].sort());
  });

  test("the English one has 179 different words, and no other contraction than Qdrant's", async () => {
    const list = await loadStopWords("english");
    expect(new Set(list).size).toBe(list.length);
    expect(list.length).toBe(179);
    expect(list.filter((word) => word.includes("'")).sort()).toEqual(
      (
        "aren't couldn't didn't doesn't don't hadn't hasn't haven't isn't it's mightn't mustn't needn't shan't she's " +
        "should've shouldn't that'll wasn't weren't won't wouldn't you'd you'll you're you've"
      ).split(" "),
    );
  });
});
