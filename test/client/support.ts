import type { NearvecClient } from "../../src/client/client.ts";
import type { ErrorCode } from "../../src/errors.ts";
import { NearvecError } from "../../src/errors.ts";

/**
 * Everything that a collection answers, for "nothing changed": points with payloads and vectors, counts,
 * configuration.
 */
export async function stateOf(client: NearvecClient, name: string): Promise<unknown> {
  const { points } = await client.scroll(name, { limit: 100_000, with_payload: true, with_vector: true });
  const scored = await client.query(name, { limit: 100_000 });
  const { points_count, config } = await client.getCollection(name);
  return { points, versions: scored.points.map((point) => point.version), points_count, config };
}

/** What a call rejects with, which must be a NearvecError. */
export async function rejection(call: () => Promise<unknown>): Promise<NearvecError> {
  const outcome = await call().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in outcome && outcome.error instanceof NearvecError) return outcome.error;
  throw new Error(`expected a NearvecError, got ${JSON.stringify(outcome)}`);
}

/** Arguments as a JavaScript program may pass them: the compiler would not let most wrong ones through. */
export function untyped<T>(value: unknown): T {
  return value as T;
}

export type Code = ErrorCode;

/** Reproducible pseudo-random numbers in [0, 1): mulberry32. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A batch of random vectors, of points 0, 1, … */
export function randomBatch(count: number, size: number, seed: number) {
  return { ids: Uint32Array.from({ length: count }, (_, i) => i), vectors: randomRows(count, size, seed) };
}

/** Random vectors as rows of one array. */
export function randomRows(count: number, size: number, seed: number): Float32Array {
  const next = random(seed);
  return Float32Array.from({ length: count * size }, () => next() * 2 - 1);
}
