import { invalidArgument, NearvecError } from "../errors.ts";
import { checkFields, checkObject, fields, oneOf, optionalBoolean, optionalInteger } from "../fields.ts";
import type { AnalyzerOptions } from "./analyzer.ts";
import { parseLanguage } from "./languages.ts";
import { STEMMER_LANGUAGES } from "./stemmers.ts";
import { checkStopWords, STOP_WORD_LANGUAGES } from "./stop-words.ts";
import { TOKENIZERS } from "./tokenizers.ts";

/** What a text index is created with, beside what all indexes have; defaults filled in. */
export interface TextOptions extends AnalyzerOptions {
  /** Whether the order of the tokens is kept, for phrases. */
  readonly phrase_matching: boolean;
}

/** Reads the value of one option; null and undefined mean that it was left out. */
type Check = (value: unknown, what: string) => unknown;

const flag =
  (otherwise: boolean): Check =>
  (value, what) =>
    optionalBoolean(value, what, otherwise);

const length: Check = (value, what) => optionalInteger(value, what, 0, Number.MAX_SAFE_INTEGER) ?? null;

/** How each option is read: together they give `TextOptions`, once `checkTextOptions` has seen them. */
export const TEXT_OPTIONS = {
  tokenizer: (value, what) => (value == null ? "word" : oneOf(value, what, TOKENIZERS)),
  min_token_len: length,
  max_token_len: length,
  lowercase: flag(true),
  ascii_folding: flag(false),
  phrase_matching: flag(false),
  stopwords: parseStopWords,
  stemmer: parseStemmer,
} as const satisfies Readonly<Record<keyof TextOptions, Check>>;

/** @throws {NearvecError} `INVALID_ARGUMENT` where options don't go together; on a server the index would stay empty */
export function checkTextOptions(options: Readonly<Record<string, unknown>>, what: string): void {
  const { min_token_len, max_token_len } = options as Readonly<Record<string, number | null>>;
  if (min_token_len == null || max_token_len == null || min_token_len <= max_token_len) return;
  throw new NearvecError("INVALID_ARGUMENT", {
    what: `${what}.min_token_len`,
    got: String(min_token_len),
    expected: `at most max_token_len, which is ${max_token_len}`,
    todo: "No word is long enough for both.",
  });
}

const STOP_WORD_FIELDS = fields(["languages", "custom"]);

/** The name of a language, or an object with languages and words of one's own. */
function parseStopWords(value: unknown, what: string): TextOptions["stopwords"] {
  if (value == null) return { languages: [], custom: [] };
  if (typeof value === "string") return { languages: [parseStopWordLanguage(value, what)], custom: [] };
  checkObject(value, what, "the name of a language, or an object with languages and custom");
  checkFields(value, what, STOP_WORD_FIELDS);
  const { languages, custom }: { languages?: unknown; custom?: unknown } = value;
  return {
    languages: parseSet(languages, `${what}.languages`, "names of languages", parseStopWordLanguage),
    custom: parseSet(custom, `${what}.custom`, "words", parseWord),
  };
}

function parseStopWordLanguage(value: unknown, what: string): TextOptions["stopwords"]["languages"][number] {
  const language = parseLanguage(value, what, STOP_WORD_LANGUAGES);
  checkStopWords(language);
  return language;
}

function parseWord(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  throw invalidArgument(what, value, "a string");
}

/** Sorted and each once, so that equal sets are equal lists. */
function parseSet<T extends string>(
  value: unknown,
  what: string,
  expected: string,
  parse: (value: unknown, what: string) => T,
): T[] {
  if (value == null) return [];
  if (!Array.isArray(value)) throw invalidArgument(what, value, `a list of ${expected}`);
  const set = new Set(value.map((each: unknown, index) => parse(each, `${what}[${index}]`)));
  return [...set].sort();
}

const STEMMER_FIELDS = fields(["type", "language"]);

/** `{ type: "snowball", language }`, or `{ type: "none" }`. */
function parseStemmer(value: unknown, what: string): TextOptions["stemmer"] {
  if (value == null) return null;
  checkObject(value, what, 'an object such as { type: "snowball", language: "english" }');
  checkFields(value, what, STEMMER_FIELDS);
  const { type, language }: { type?: unknown; language?: unknown } = value;
  if (oneOf(type, `${what}.type`, ["snowball", "none"]) === "snowball") {
    return parseLanguage(language, `${what}.language`, STEMMER_LANGUAGES);
  }
  if (language == null) return null;
  throw invalidArgument(`${what}.language`, language, "nothing", 'The type "none" has no language.');
}
