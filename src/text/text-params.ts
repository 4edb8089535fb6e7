import { invalidArgument, NearvecError } from "../errors.ts";
import { StopwordsSet } from "../generated/validators/stopwords-set.ts";
import type { TextIndexParams } from "../generated/validators/text-index-params.ts";
import { check, type TypeOf } from "../validation/schema.ts";
import type { AnalyzerOptions } from "./analyzer.ts";
import { parseLanguage } from "./languages.ts";
import { STEMMER_LANGUAGES } from "./stemmers.ts";
import { checkStopWords, STOP_WORD_LANGUAGES } from "./stop-words.ts";

/** What a text index is created with, beside what all indexes have; defaults filled in. */
export interface TextOptions extends AnalyzerOptions {
  /** Whether the order of the tokens is kept, for phrases. */
  readonly phrase_matching: boolean;
}

/**
 * The options of a text index with Qdrant's defaults. Equal ones are equal as JSON text, however they were written.
 *
 * @throws {NearvecError} `INVALID_ARGUMENT`, also where options don't go together: on a server the index would stay empty
 */
export function textOptions(given: TypeOf<typeof TextIndexParams>, what: string): TextOptions {
  const { min_token_len = null, max_token_len = null, stopwords, stemmer } = given;
  if (min_token_len !== null && max_token_len !== null && min_token_len > max_token_len) {
    throw new NearvecError("INVALID_ARGUMENT", {
      what: `${what}.min_token_len`,
      got: String(min_token_len),
      expected: `at most max_token_len, which is ${max_token_len}`,
      todo: "No word is long enough for both.",
    });
  }
  return {
    tokenizer: given.tokenizer ?? "word",
    min_token_len,
    max_token_len,
    lowercase: given.lowercase ?? true,
    ascii_folding: given.ascii_folding ?? false,
    phrase_matching: given.phrase_matching ?? false,
    stopwords: stopWords(stopwords, `${what}.stopwords`),
    stemmer:
      stemmer?.type === "snowball"
        ? parseLanguage(stemmer.language, `${what}.stemmer.language`, STEMMER_LANGUAGES)
        : null,
  };
}

/** The name of a language, or an object with languages and words of one's own. */
function stopWords(given: unknown, what: string): TextOptions["stopwords"] {
  if (given === undefined) return { languages: [], custom: [] };
  if (typeof given === "string") return { languages: [stopWordLanguage(given, what)], custom: [] };
  const { languages = [], custom = [] } = check(StopwordsSet, given, what);
  const place = `${what}.languages`;
  if (!Array.isArray(languages)) throw invalidArgument(place, languages, "a list of names of languages");
  return {
    languages: sorted(languages.map((each: unknown, index) => stopWordLanguage(each, `${place}[${index}]`))),
    custom: sorted(custom),
  };
}

function stopWordLanguage(value: unknown, what: string): TextOptions["stopwords"]["languages"][number] {
  const language = parseLanguage(value, what, STOP_WORD_LANGUAGES);
  checkStopWords(language);
  return language;
}

/** Each once, so that equal sets are equal lists. */
function sorted<T extends string>(words: readonly T[]): T[] {
  return [...new Set(words)].sort();
}
