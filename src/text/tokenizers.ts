import { NearvecError } from "../errors.ts";

/** How a text is divided. `prefix` divides as `word` does; the analyzer makes the prefixes. */
export type Tokenizer = "prefix" | "whitespace" | "word" | "multilingual";

type Divide = (text: string) => readonly string[];

/** Rust's `char::is_alphanumeric`. */
const WORDS = /[\p{Alphabetic}\p{N}]+/gu;
/** Not \S: that takes U+FEFF for space, and U+0085 not. */
const NOT_SPACE = /\P{White_Space}+/gu;
const WORDS_WITH_MARKS = /[\p{Alphabetic}\p{N}\p{M}]+/gu;
const ALPHABETIC = /\p{Alphabetic}/u;
const NOT_ASCII = /[^\0-\x7f]/;
/** Marks of letters of scripts that can be read without them. */
const OMISSIBLE_MARKS =
  /([\p{Script=Latin}\p{Script=Greek}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Thai}])\p{Mn}+/gu;

/** @throws {NearvecError} `NOT_SUPPORTED` where the runtime can't tell the words of languages without spaces */
export function tokenizer(name: Tokenizer): Divide {
  switch (name) {
    case "whitespace":
      return (text) => text.match(NOT_SPACE) ?? [];
    case "word":
    case "prefix":
      return (text) => text.match(WORDS) ?? [];
    case "multilingual":
      return multilingual();
  }
}

/**
 * Words of any language, by Unicode's rules and the runtime's dictionaries (`Intl.Segmenter`: Chinese, Japanese, Thai and
 * others are written without spaces). Qdrant uses the library charabia, whose dictionaries divide some compounds elsewhere.
 * As there: letters lose their compatibility forms (ﬁ, Ａ), their case and, in scripts that do without, their
 * diacritics, and what has no letter is no word, so that numbers are none.
 */
function multilingual(): Divide {
  if (typeof Intl !== "object" || !("Segmenter" in Intl)) {
    throw new NearvecError("NOT_SUPPORTED", {
      what: "the tokenizer `multilingual` needs Intl.Segmenter, which this runtime does not have",
      todo: "Use the tokenizer `word`.",
    });
  }
  // A given language, so that texts are divided alike wherever the program runs.
  const segmenter = new Intl.Segmenter("en", { granularity: "word" });
  return (text) => {
    const words: string[] = [];
    for (const { segment, isWordLike } of segmenter.segment(text)) {
      if (isWordLike !== true) continue;
      // A segment may have an apostrophe, a dot or an underscore in it.
      for (const word of normalized(segment).match(WORDS_WITH_MARKS) ?? []) {
        if (ALPHABETIC.test(word)) words.push(word);
      }
    }
    return words;
  };
}

function normalized(word: string): string {
  const small = word.toLowerCase();
  if (!NOT_ASCII.test(small)) return small;
  const plain = small.normalize("NFKD").replace(OMISSIBLE_MARKS, "$1");
  return plain.toLowerCase().normalize("NFC");
}
