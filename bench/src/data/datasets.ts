/** The data that every peer sees: the same floats in the same order, and queries that no index holds. */

import { loadImages } from "../../data/images.mjs";
import { loadWords } from "../../data/words.mjs";
import { permutation } from "./random.ts";

export type Metric = "cosine" | "l2";

/** Which rows of which data; small enough to send to a child process, which loads the rows itself. */
export interface DatasetSpec {
  readonly name: "words" | "growth" | "images";
  /** Rows in the base; no more than there are. */
  readonly count: number;
}

export interface Dataset {
  /** Tells one set of base and queries from every other. */
  readonly id: string;
  readonly title: string;
  readonly metric: Metric;
  readonly dim: number;
  readonly count: number;
  readonly base: Float32Array<ArrayBuffer>;
  readonly queryCount: number;
  readonly queries: Float32Array<ArrayBuffer>;
}

export const QUERIES = 1000;
const SEED = 20_251;

/** How many rows the full benchmark puts in the base. */
export const FULL_COUNT = { words: 100_000, images: 60_000 } as const;

export function loadDataset(spec: DatasetSpec): Dataset {
  switch (spec.name) {
    case "words":
      return words(spec.count);
    case "growth":
      return growth(spec.count);
    case "images":
      return images(spec.count);
  }
}

/** The most frequent words in their order, without 1,000 random ones of them, which are the queries. */
function words(count: number): Dataset {
  const { vectors, dim, words: all } = loadWords({ count: count + QUERIES });
  const rows = all.length - QUERIES;
  const held = permutation(all.length, SEED).subarray(0, QUERIES);
  const isHeld = new Uint8Array(all.length);
  for (const row of held) isHeld[row] = 1;
  const kept = Uint32Array.from({ length: all.length }, (_, row) => row).filter((row) => isHeld[row] === 0);
  return {
    id: `words-${rows}`,
    title: `words, ${rows.toLocaleString("en")} × ${dim}, cosine`,
    metric: "cosine",
    dim,
    count: rows,
    base: gather(vectors, dim, kept),
    queryCount: QUERIES,
    queries: gather(vectors, dim, held),
  };
}

/** Words of all frequencies in random order, so that a larger base is more of the same. */
function growth(count: number): Dataset {
  const { vectors, dim, words: all } = loadWords();
  const order = permutation(all.length, SEED);
  const kept = order.subarray(QUERIES, QUERIES + count);
  return {
    id: `growth-${kept.length}`,
    title: `words of all frequencies, ${kept.length.toLocaleString("en")} × ${dim}, cosine`,
    metric: "cosine",
    dim,
    count: kept.length,
    base: gather(vectors, dim, kept),
    queryCount: QUERIES,
    queries: gather(vectors, dim, order.subarray(0, QUERIES)),
  };
}

/**
 * Pictures in random order: the first 1,000 are the queries, the base follows. Grey values 0 to 255,
 * unscaled.
 */
function images(count: number): Dataset {
  const { pixels, dim, count: all } = loadImages();
  const order = permutation(all, SEED);
  const kept = order.subarray(QUERIES, QUERIES + count);
  return {
    id: `images-${kept.length}`,
    title: `images, ${kept.length.toLocaleString("en")} × ${dim}, L2`,
    metric: "l2",
    dim,
    count: kept.length,
    base: gather(pixels, dim, kept),
    queryCount: QUERIES,
    queries: gather(pixels, dim, order.subarray(0, QUERIES)),
  };
}

function gather(
  rows: Float32Array | Uint8Array,
  dim: number,
  chosen: Uint32Array,
): Float32Array<ArrayBuffer> {
  const gathered = new Float32Array(chosen.length * dim);
  chosen.forEach((row, i) => {
    gathered.set(rows.subarray(row * dim, (row + 1) * dim), i * dim);
  });
  return gathered;
}
