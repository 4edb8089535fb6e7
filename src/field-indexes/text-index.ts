import { NearvecError } from "../errors.ts";
import type { Test } from "../filters/filter.ts";
import { bindToTokens } from "../filters/tokens.ts";
import { type Analyzer, createAnalyzer } from "../text/analyzer.ts";
import type { TextOptions } from "../text/text-params.ts";
import type { Answer } from "./answer.ts";
import type { FieldIndex } from "./field-index.ts";
import type { FieldParams } from "./params.ts";
import { passingTypes, Types } from "./passing-types.ts";
import { TextDocuments } from "./text-documents.ts";
import { TextPostings } from "./text-postings.ts";

/** Analyzers by the options that they were made with: to load one takes a while, to make an index must not. */
const analyzers = new Map<string, Analyzer>();

/** @see text-on-demand.ts */
export async function prepareTextIndex(params: FieldParams): Promise<void> {
  const key = JSON.stringify(params.options);
  if (!analyzers.has(key)) analyzers.set(key, await createAnalyzer(optionsOf(params)));
}

/** @see text-on-demand.ts */
export function textIndex(params: FieldParams): FieldIndex {
  const analyzer = analyzers.get(JSON.stringify(params.options));
  if (analyzer !== undefined) return new TextIndex(params, analyzer, optionsOf(params).phrase_matching);
  throw new NearvecError("INTERNAL", {
    what: "a text index was made before what it needs was loaded",
    todo: "Please report it.",
  });
}

/** As `TEXT_OPTIONS` has read them. */
function optionsOf(params: FieldParams): TextOptions {
  return params.options as unknown as TextOptions;
}

/**
 * For every token the points that have it; a point's strings are taken together. With phrase matching it also has the
 * order of each point's tokens; without it, the payloads are asked of points that have all tokens of a phrase.
 */
class TextIndex implements FieldIndex {
  readonly params: FieldParams;
  readonly #analyzer: Analyzer;
  readonly #postings = new TextPostings();
  readonly #documents: TextDocuments | undefined;

  constructor(params: FieldParams, analyzer: Analyzer, phrases: boolean) {
    this.params = params;
    this.#analyzer = analyzer;
    this.#documents = phrases ? new TextDocuments() : undefined;
  }

  get memoryBytes(): number {
    return this.#postings.memoryBytes + (this.#documents?.memoryBytes ?? 0);
  }

  accepts(value: unknown): boolean {
    return typeof value === "string";
  }

  add(offset: number, values: readonly string[]): void {
    const texts = values.map((value) => this.#analyzer.tokens(value));
    for (const token of new Set(texts.flat())) this.#postings.add(offset, token);
    this.#documents?.set(offset, texts.map(this.#numbersOf));
  }

  remove(offset: number, values: readonly string[]): void {
    const tokens = values.flatMap((value) => this.#analyzer.tokens(value));
    for (const token of new Set(tokens)) this.#postings.remove(offset, token);
    this.#documents?.delete(offset);
  }

  bind(test: Test): Test {
    return bindToTokens(test, this.#analyzer);
  }

  covers(test: Test): boolean {
    return (passingTypes(test) & ~Types.STRING) === 0;
  }

  estimate(test: Test): number | undefined {
    if (test.kind !== "tokens") return undefined;
    const sizes = test.tokens.map((token) => this.#postings.sizeOf(token));
    if (test.mode === "any") return sizes.reduce((sum, size) => sum + size, 0);
    return sizes.length === 0 ? 0 : Math.min(...sizes);
  }

  count(test: Test): number | undefined {
    const most = this.estimate(test);
    return most === 0 || (test.kind === "tokens" && test.tokens.length === 1) ? most : undefined;
  }

  find(test: Test, answer: Answer): void {
    if (test.kind !== "tokens" || this.estimate(test) === 0) return;
    const { mode, tokens } = test;
    if (mode === "any") {
      for (const token of tokens) this.#postings.addTo(token, answer.sure);
      return;
    }
    const found = this.#withAll(tokens, answer.words);
    // A phrase of one word is that word.
    if (mode === "all" || tokens.length === 1) setBits(answer.sure, found);
    else if (this.#documents === undefined) setBits(answer.maybe, found);
    else this.#documents.find(this.#numbersOf(tokens), found, answer);
  }

  /** The points that have all of the tokens, of which there is one at least. */
  #withAll(tokens: readonly string[], words: number): Uint32Array {
    const [first, ...others] = new Set(tokens);
    const found = new Uint32Array(words);
    this.#postings.addTo(first as string, found);
    const has = new Uint32Array(words);
    for (const token of others) {
      has.fill(0);
      this.#postings.addTo(token, has);
      for (let i = 0; i < words; i++) found[i] = (found[i] as number) & (has[i] as number);
    }
    return found;
  }

  /** Of tokens that some point has. */
  readonly #numbersOf = (tokens: readonly string[]): number[] =>
    tokens.map((token) => this.#postings.numberOf(token) as number);
}

function setBits(bitmap: Uint32Array, bits: Uint32Array): void {
  for (let i = 0; i < bits.length; i++) bitmap[i] = (bitmap[i] as number) | (bits[i] as number);
}
