import type { Analyzer } from "../text/analyzer.ts";
import type { Test } from "./filter.ts";

/**
 * What `text`, `text_any` and `phrase` ask of a field with a text index: the tokens of all its strings together have all of
 * these, or any of them; for a phrase, those of one string have them one behind the other. Without tokens (a query of
 * stop words, say) nothing passes.
 */
export interface TokensTest {
  readonly kind: "tokens";
  readonly mode: "all" | "any" | "phrase";
  /** Each once, but of a phrase in its order. */
  readonly tokens: readonly string[];
  readonly analyzer: Analyzer;
}

/** The meaning of a test of a field with a text index. */
export function bindToTokens(test: Test, analyzer: Analyzer): Test {
  switch (test.kind) {
    case "text":
      return { kind: "tokens", mode: "all", tokens: unique(analyzer.queryTokens(test.text)), analyzer };
    case "text_any":
      return { kind: "tokens", mode: "any", tokens: unique(analyzer.queryTokens(test.text)), analyzer };
    case "phrase":
      return { kind: "tokens", mode: "phrase", tokens: analyzer.tokens(test.text), analyzer };
    default:
      return test;
  }
}

/** Whether the values of a field pass together; those that are no strings don't count. */
export function passTokens(values: readonly unknown[], { mode, tokens, analyzer }: TokensTest): boolean {
  const missing = [...tokens];
  for (const value of values) {
    if (typeof value !== "string") continue;
    const found = analyzer.tokens(value);
    if (mode === "phrase") {
      if (hasRun(found, tokens)) return true;
      continue;
    }
    for (const token of found) {
      const at = missing.indexOf(token);
      if (at < 0) continue;
      missing.splice(at, 1);
      if (mode === "any" || missing.length === 0) return true;
    }
  }
  return false;
}

/** Whether some of them are found in this order, with nothing between. An empty run is nowhere. */
export function hasRun<T>(all: ArrayLike<T>, run: ArrayLike<T>): boolean {
  for (let start = 0; run.length > 0 && start + run.length <= all.length; start++) {
    let same = 0;
    while (same < run.length && all[start + same] === run[same]) same++;
    if (same === run.length) return true;
  }
  return false;
}

function unique(tokens: readonly string[]): readonly string[] {
  return [...new Set(tokens)];
}
