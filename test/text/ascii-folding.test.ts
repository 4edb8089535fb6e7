import fc from "fast-check";
import { expect, test } from "vitest";
import { foldToAscii } from "../../src/text/ascii-folding.ts";

const FOLDED: readonly (readonly [string, string])[] = [
  ["ação café jalapeño Über", "acao cafe jalapeno Uber"],
  ["Æsop and Œuvre", "AEsop and OEuvre"],
  ["straße STRAẞE", "strasse STRASSE"],
  ["Łódź Đorđe Øre þorn", "Lodz Dorde Ore thorn"],
  ["“quote” — test １②⒊", '"quote" - test 123.'],
  ["İıŞşĞğ", "IiSsGg"],
  ["ǧǥ ǲ ǆ ŉ ẚ", "gg Dz dz n a"],
  ["ﬁ ﬀ ﬆ Ａｚ～ x²", "fi ff st Az~ x2"],
  ["⑳ ⒇ ⒛ ⓴ ❿", "20 (20) 20. 20 10"],
];

test.each(FOLDED)("%s", (text, expected) => {
  expect(foldToAscii(text)).toBe(expected);
});

test.each([
  // Other scripts, emoji, and what Lucene has no likeness of.
  "日本語のテキストです。",
  "Ελληνικά Привет йод",
  "がぎぐ",
  "😀 👩‍👩‍👧 ½ № ™ ª … ﬅ",
  // A mark that stands alone.
  "e\u0301",
  // A half of a surrogate pair.
  "\ud83d x",
])("%s stays as it is", (text) => {
  expect(foldToAscii(text)).toBe(text);
});

test("every character is folded by itself, and what is folded is ASCII", () => {
  const latin = fc.stringMatching(/^[\u0020-\u024f\u1e00-\u1eff]{0,20}$/);
  fc.assert(
    fc.property(latin, (text) => {
      const folded = foldToAscii(text);
      expect(folded).toBe([...text].map(foldToAscii).join(""));
      expect(foldToAscii(folded)).toBe(folded);
    }),
  );
});
