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
  /** The same ones. */
  readonly wanted: ReadonlySet<string>;
  readonly analyzer: Analyzer;
}

/** The meaning of a test of a field with a text index. */
export function bindToTokens(test: Test, analyzer: Analyzer): Test {
  switch (test.kind) {
    case "text":
      return asking("all", analyzer.queryTokens(test.text), analyzer);
    case "text_any":
      return asking("any", analyzer.queryTokens(test.text), analyzer);
    case "phrase":
      return asking("phrase", analyzer.tokens(test.text), analyzer);
    default:
      return test;
  }
}

function asking(mode: TokensTest["mode"], found: readonly string[], analyzer: Analyzer): TokensTest {
  const wanted = new Set(found);
  return { kind: "tokens", mode, tokens: mode === "phrase" ? found : [...wanted], wanted, analyzer };
}

/** Whether the values of a field pass together; those that are no strings don't count. */
export function passTokens(values: readonly unknown[], test: TokensTest): boolean {
  const { mode, tokens, wanted, analyzer } = test;
  const met = new Set<string>();
  for (const value of values) {
    if (typeof value !== "string") continue;
    const found = analyzer.tokens(value);
    if (mode === "phrase") {
      if (hasRun(found, tokens)) return true;
      continue;
    }
    for (const token of found) {
      if (!wanted.has(token)) continue;
      met.add(token);
      if (mode === "any" || met.size === wanted.size) return true;
    }
  }
  return false;
}

/**
 * Whether some of them are found in this order, with nothing between. An empty run is nowhere. Each is looked at once or
 * twice, however much the run repeats itself (Knuth, Morris and Pratt's search).
 */
export function hasRun<T>(all: ArrayLike<T>, run: ArrayLike<T>): boolean {
  if (run.length === 0 || run.length > all.length) return false;
  const restarts = restartsOf(run);
  let same = 0;
  for (let i = 0; i < all.length; i++) {
    while (same > 0 && all[i] !== run[same]) same = restarts[same - 1] as number;
    if (all[i] === run[same]) same++;
    if (same === run.length) return true;
  }
  return false;
}

/** By the number of the last one of a run that was found: how many of these are the beginning of the run again. */
function restartsOf<T>(run: ArrayLike<T>): Uint32Array {
  const restarts = new Uint32Array(run.length);
  let same = 0;
  for (let i = 1; i < run.length; i++) {
    while (same > 0 && run[i] !== run[same]) same = restarts[same - 1] as number;
    if (run[i] === run[same]) same++;
    restarts[i] = same;
  }
  return restarts;
}
