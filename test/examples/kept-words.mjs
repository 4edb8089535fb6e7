// The words as a store keeps them between runs: whatever a run got done, the next one needn't do again.
const BATCH = 2000;
const COLLECTION = "words";

/** @typedef {{ words: string[], vectors: Float32Array, ranks: Uint32Array, dim: number }} Words */
/** @typedef {import("nearvec").NearvecClient} Client */
/** @typedef {Parameters<Client["createCollection"]>[1]} Config */

/**
 * Opens the store in a folder, or makes it there. `stored` and `indexed` say how much of the words it has, `time` how many
 * milliseconds it took to open.
 *
 * @param {typeof import("nearvec").open} open
 * @param {string} path
 * @param {Config} config
 */
export async function openWords(open, path, config) {
  const began = performance.now();
  const client = await open({ path });
  const { exists } = await client.collectionExists(COLLECTION);
  if (!exists) await client.createCollection(COLLECTION, config);
  const { points_count, indexed_vectors_count } = await client.getCollection(COLLECTION);
  const time = performance.now() - began;
  return { client, stored: points_count ?? 0, indexed: indexed_vectors_count ?? 0, time };
}

/**
 * Upserts words in batches, in their order, from one on; ids are ranks.
 *
 * @param {Client} client
 * @param {Words} words
 * @param {number} stored how many are there
 * @param {(stored: number) => void} [onBatch]
 */
export async function storeWords(client, { words, vectors, ranks, dim }, stored, onBatch) {
  for (let from = stored; from < words.length; from += BATCH) {
    const to = Math.min(from + BATCH, words.length);
    await client.upsert(COLLECTION, {
      batch: {
        ids: ranks.subarray(from, to),
        vectors: vectors.subarray(from * dim, to * dim),
        payloads: words
          .slice(from, to)
          .map((word, i) => ({ word, rank: ranks[from + i], length: word.length })),
      },
    });
    onBatch?.(to);
  }
}
