import { NearvecError } from "../errors.ts";
import type { Test } from "../filters/filter.ts";
import { bindToTokens } from "../filters/tokens.ts";
import { type Analyzer, createAnalyzer } from "../text/analyzer.ts";
import type { TextOptions } from "../text/text-params.ts";
import type { Answer } from "./answer.ts";
import type { FieldIndex, IndexContent } from "./field-index.ts";
import type { FieldParams } from "./params.ts";
import { passingTypes, Types } from "./passing-types.ts";
import { TextDocuments } from "./text-documents.ts";
import { TextPostings } from "./text-postings.ts";
import { readingOf } from "./text-reading.ts";

/** Analyzers by what they were made for: to load one takes a while, to make an index must not. They go with it. */
const analyzers = new WeakMap<FieldParams, Analyzer>();

/** Of so many tokens the points are looked up, some milliseconds' work; beyond that, payloads are asked. */
const MOST_LOOKED_UP = 64;

/** @see text-on-demand.ts */
export async function prepareTextIndex(params: FieldParams): Promise<void> {
  if (!analyzers.has(params)) analyzers.set(params, await createAnalyzer(optionsOf(params)));
}

/** @see text-on-demand.ts */
export function textIndex(params: FieldParams): FieldIndex {
  const analyzer = analyzers.get(params);
  if (analyzer !== undefined) return new TextIndex(analyzer, optionsOf(params).phrase_matching);
  throw new NearvecError("INTERNAL", {
    what: "a text index was made before what it needs was loaded",
    todo: "Please report it.",
  });
}

/** As `textOptions` has read them. */
function optionsOf(params: FieldParams): TextOptions {
  return params.options as unknown as TextOptions;
}

/**
 * For every token the points that have it; a point's strings are taken together. With phrase matching it also has the
 * order of each point's tokens; without it, the payloads are asked of points that have all tokens of a phrase.
 */
class TextIndex implements FieldIndex {
  readonly #analyzer: Analyzer;
  readonly #postings = new TextPostings();
  readonly #documents: TextDocuments | undefined;

  constructor(analyzer: Analyzer, phrases: boolean) {
    this.#analyzer = analyzer;
    this.#documents = phrases ? new TextDocuments() : undefined;
  }

  get memoryBytes(): number {
    return this.#postings.memoryBytes + (this.#documents?.memoryBytes ?? 0);
  }

  /** Runtimes divide some texts by tables of their own: those of another one may make other tokens. */
  get reading(): string {
    return readingOf(this.#analyzer);
  }

  get contents(): IndexContent[] {
    const tokens = this.#postings;
    const contents: IndexContent[] = [{ kind: "tokens", tokens }];
    if (this.#documents !== undefined)
      contents.push({ kind: "documents", documents: this.#documents, tokens });
    return contents;
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
    return sizes.length === 0 ? 0 : sizes.reduce((least, size) => Math.min(least, size));
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
    const unique = [...test.wanted];
    const found = this.#withAll(unique, answer.words);
    // A phrase of one word is that word.
    if ((mode === "all" && unique.length <= MOST_LOOKED_UP) || tokens.length === 1)
      setBits(answer.sure, found);
    else if (mode === "all") setBits(answer.maybe, found);
    else if (this.#documents === undefined) setBits(answer.maybe, found);
    else this.#documents.find(this.#numbersOf(tokens), found, answer);
  }

  /** The points that have all of the tokens, of which there is one at least; of very many, the rarest of them. */
  #withAll(tokens: readonly string[], words: number): Uint32Array {
    const sizes = new Map(tokens.map((token) => [token, this.#postings.sizeOf(token)]));
    const rarest = tokens.toSorted((a, b) => (sizes.get(a) as number) - (sizes.get(b) as number));
    const [first, ...others] = rarest.slice(0, MOST_LOOKED_UP);
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
