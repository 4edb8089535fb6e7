import type { Analyzer } from "../text/analyzer.ts";

/** To be raised with every change that makes other tokens of some text. */
const ANALYSIS = 1;

/**
 * Texts that tell runtimes apart: letters of the newest editions of Unicode (14 to 17, and what has their lower case),
 * languages whose words only a dictionary divides, and words with stems.
 */
const PROBE = [
  "\u{1e290}\u{1e291} \u{11f04}\u{11f05} \u{2ebf0}\u{2ebf1} \u{10d50}\u{10d4e} \u{16ea0}\u{16ebb} \ua7cb\ua7dc \u{a7ce}",
  "我们都在学习自然语言处理 東京都に住んでいる人々の研究 대한민국의 수도는 서울이다",
  "ฉันรักภาษาไทยมาก ພາສາລາວງາມ ភាសាខ្មែរពិរោះ မြန်မာဘာသာစကား",
  "İstanbul STRASSE straße ǅ ΟΔΥΣΣΕΥΣ don't e-mail 3.14 a_b 👩‍👩‍👧 e\u0301",
  "running flies easily nationalization Häuser gegangen chevaux mangeaient corriendo canciones",
].join(" ");

/** Analyzers of the same options with the same text here make the same tokens of all texts, as far as can be told. */
export function readingOf(analyzer: Analyzer): string {
  // FNV-1a, of UTF-16 units.
  let hash = 0x811c9dc5;
  for (const token of analyzer.tokens(PROBE)) {
    for (let i = 0; i <= token.length; i++) {
      hash = Math.imul(hash ^ (i < token.length ? token.charCodeAt(i) : 0x1_0000), 0x01000193) >>> 0;
    }
  }
  return `${ANALYSIS}-${hash.toString(16)}`;
}
