import { foldToAscii } from "./ascii-folding.ts";
import { loadStemmer, type Stem, type StemmerLanguage } from "./stemmers.ts";
import { loadStopWords, type StopWordLanguage } from "./stop-words.ts";
import { type Tokenizer, tokenizer } from "./tokenizers.ts";

/** What becomes of a text; as Qdrant's options of a text index, with its defaults filled in. */
export interface AnalyzerOptions {
  readonly tokenizer: Tokenizer;
  /**
   * In Unicode characters; null: no limit. Tokens outside are dropped. The tokenizer `prefix` takes prefixes of up to
   * `max_token_len` characters, without it of up to 256 (or `min_token_len`, if that is more), and cuts what is looked for
   * to as many.
   */
  readonly min_token_len: number | null;
  readonly max_token_len: number | null;
  readonly lowercase: boolean;
  readonly ascii_folding: boolean;
  readonly stopwords: { readonly languages: readonly StopWordLanguage[]; readonly custom: readonly string[] };
  /** null: none. */
  readonly stemmer: StemmerLanguage | null;
}

/** Divides texts into the tokens by which they are found. */
export interface Analyzer {
  /** The tokens of a text that is looked through, or of a phrase: in their order, with repetitions. */
  tokens(text: string): string[];
  /** The tokens of a text that is looked for. Only `prefix` makes a difference: it takes no prefixes of these. */
  queryTokens(text: string): string[];
}

/**
 * Loads what the options need.
 *
 * @throws {NearvecError} `NOT_SUPPORTED`: no stop words for a language, or no way to tell words; `INTERNAL`: a list or a
 *   stemmer could not be loaded
 */
export async function createAnalyzer(options: AnalyzerOptions): Promise<Analyzer> {
  const { stopwords, stemmer, lowercase } = options;
  const [stem, ...lists] = await Promise.all([
    stemmer === null ? undefined : loadStemmer(stemmer),
    ...stopwords.languages.map(loadStopWords),
  ]);
  const words = [...lists.flat(), ...stopwords.custom];
  const stopWords = new Set(lowercase ? words.map((word) => word.toLowerCase()) : words);
  return new TextAnalyzer(options, stopWords, stem);
}

/** Of so many words the stems are kept: in most texts nine words of ten have been there before. */
const MOST_STEMS = 10_000;
/** In UTF-16 units. What is longer is no word: it has no stem, and some stemmers take time by the square of its length. */
const MOST_STEMMED = 255;
/** Characters of a prefix, unless the options say how many: a word has as many prefixes as characters, each as long. */
const MOST_IN_PREFIX = 256;
/** A part of a long string may keep all of it in memory; engines copy parts as short as this. */
const MOST_KEPT = 12;

/** The order of the steps is Qdrant's: folding, lower case, stop words, stem, length. */
class TextAnalyzer implements Analyzer {
  readonly #options: AnalyzerOptions;
  readonly #divide: (text: string) => readonly string[];
  readonly #stopWords: ReadonlySet<string>;
  readonly #stem: Stem | undefined;
  readonly #stems = new Map<string, string>();
  /** Of tokens, or of prefixes of them; in characters. */
  readonly #most: number | null;

  constructor(options: AnalyzerOptions, stopWords: ReadonlySet<string>, stem: Stem | undefined) {
    this.#options = options;
    this.#divide = tokenizer(options.tokenizer);
    this.#stopWords = stopWords;
    this.#stem = stem;
    const { tokenizer: name, min_token_len, max_token_len } = options;
    this.#most =
      name === "prefix" ? (max_token_len ?? Math.max(MOST_IN_PREFIX, min_token_len ?? 0)) : max_token_len;
  }

  tokens(text: string): string[] {
    const { tokenizer, min_token_len } = this.#options;
    const most = this.#most;
    const tokens: string[] = [];
    for (const part of this.#divide(text)) {
      const word = this.#normalized(part);
      if (this.#stopWords.has(word)) continue;
      const token = this.#stemmed(word);
      if (token === "" || !isLong(token, min_token_len)) continue;
      if (tokenizer === "prefix") pushPrefixes(token, min_token_len, most as number, tokens);
      else if (!isLonger(token, most)) tokens.push(token);
    }
    return tokens;
  }

  /**
   * Of `prefix`: what is looked for is the beginning of a word, or as much of it as the index has. Nor is it a stop
   * word: "the" finds "theory".
   */
  queryTokens(text: string): string[] {
    const { tokenizer, min_token_len } = this.#options;
    const most = this.#most;
    if (tokenizer !== "prefix") return this.tokens(text);
    const tokens: string[] = [];
    for (const part of this.#divide(text)) {
      const token = this.#stemmed(this.#normalized(part));
      if (token === "" || !isLong(token, min_token_len)) continue;
      tokens.push(isLonger(token, most) ? prefix(token, most as number) : token);
    }
    return tokens;
  }

  #normalized(part: string): string {
    const { lowercase, ascii_folding } = this.#options;
    const folded = ascii_folding ? foldToAscii(part) : part;
    return lowercase ? folded.toLowerCase() : folded;
  }

  #stemmed(word: string): string {
    if (this.#stem === undefined || word.length > MOST_STEMMED) return word;
    const known = this.#stems.get(word);
    if (known !== undefined) return known;
    const stem = this.#stem(word);
    if (word.length > MOST_KEPT) return stem;
    if (this.#stems.size === MOST_STEMS) this.#stems.clear();
    this.#stems.set(word, stem);
    return stem;
  }
}

/** Whether it has at least so many characters. */
function isLong(token: string, least: number | null): boolean {
  return least === null || least === 0 || isLonger(token, least - 1);
}

/** Whether it has more characters than that; without a limit it hasn't. */
function isLonger(token: string, most: number | null): boolean {
  if (most === null || token.length <= most) return false;
  // A character beyond U+FFFF is two code units.
  return token.length > 2 * most || [...token].length > most;
}

function prefix(token: string, characters: number): string {
  // A character is two units at most: not all of a long token is taken apart.
  return [...token.slice(0, characters * 2)].slice(0, characters).join("");
}

/** All prefixes between the limits; the token itself where it is not longer than the least. */
function pushPrefixes(token: string, least: number | null, most: number, tokens: string[]): void {
  const characters = [...token.slice(0, most * 2)];
  const last = Math.min(most, characters.length);
  for (let length = Math.max(1, least ?? 1); length <= last; length++) {
    tokens.push(characters.slice(0, length).join(""));
  }
}
