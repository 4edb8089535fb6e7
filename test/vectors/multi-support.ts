/** Spaces of multivectors for tests, and documents to fill them with. */

import type { RoundedSpaceConfig } from "../../src/vectors/config.ts";
import { MultiSpace } from "../../src/vectors/kinds/multi-space.ts";
import type { MultiVector } from "../../src/vectors/rows.ts";
import { random, testingCore } from "../core/support.ts";
import { multiRows } from "./support.ts";

export const core = await testingCore("core.relaxed.wasm");

export const make = (config: Partial<RoundedSpaceConfig> = {}) =>
  MultiSpace.create(core, {
    kind: "multi",
    datatype: "float32",
    size: 3,
    distance: "Cosine",
    m: 4,
    efConstruct: 16,
    seed: 1,
    ...config,
  });

export function put(space: MultiSpace, offset: number, list: number[][]): void {
  const rows = multiRows([list], space.config.size);
  space.reserveRows(rows, offset + 1);
  space.store(offset, rows, 0);
}

export function indexAll(space: MultiSpace): void {
  while (space.tailCount > 0) space.indexSome(1e6);
}

/**
 * Documents of `each` vectors, as text gives them: a vector is a word with some noise, six of ten words are of the document's
 * topic. The words are the same for every seed.
 */
export function documents(count: number, each: number, size: number, seed: number): MultiVector[] {
  const [words, topics] = [1000, 40];
  const vocabulary = random(99);
  const centres = Float32Array.from(
    { length: words * size },
    () => vocabulary() + vocabulary() + vocabulary() - 1.5,
  );
  const next = random(seed);
  return Array.from({ length: count }, () => {
    const topic = Math.floor(next() * topics);
    const values = new Float32Array(each * size);
    for (let at = 0; at < values.length; at += size) {
      const word = Math.floor(next() < 0.6 ? ((topic + next()) / topics) * words : next() * words) * size;
      for (let i = 0; i < size; i++) values[at + i] = (centres[word + i] as number) + (next() - 0.5) * 0.8;
    }
    return { size, values };
  });
}

/** Documents that have nothing in common. */
export function unlike(count: number, each: number, size: number, seed: number): MultiVector[] {
  const next = random(seed);
  return Array.from({ length: count }, () => ({
    size,
    values: Float32Array.from({ length: each * size }, () => next() + next() + next() - 1.5),
  }));
}

/** Stores one document after the other, from offset `from` on. */
export function fill(space: MultiSpace, vectors: readonly MultiVector[], from = 0): void {
  vectors.forEach(({ size, values }, i) => {
    const rows = {
      type: "multi" as const,
      count: 1,
      size,
      ends: Uint32Array.of(values.length / size),
      values,
    };
    space.reserveRows(rows, from + i + 1);
    space.store(from + i, rows, 0);
  });
}
