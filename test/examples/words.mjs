// Searches 100,000 English words by meaning. `npm start` indexes them, asks for neighbours and measures;
// `npm start -- "some word"` answers for that word. What was stored and indexed is kept in .cache/words: the next time it
// is only opened. (Remove the folder to see the first time again.)
import { join, relative } from "node:path";
import { open } from "nearvec";
import { cacheFolder } from "../../bench/data/cache.mjs";
import { loadWords } from "../../bench/data/words.mjs";
import { openWords, storeWords } from "./kept-words.mjs";
import { nearestSpellings } from "./spelling.mjs";
import { megabytes, number, progress, seconds, styled, table } from "./terminal.mjs";

const STORE = join(cacheFolder, "words");
const COUNT = 100_000;
const HNSW = { m: 16, ef_construct: 200 };
const SHOWN = ["coffee", "paris", "einstein", "guitar", "winter", "democracy", "laughed", "seventeen"];
const NEIGHBOURS = 6;
const QUERIES = 200;
const K = 10;

/** @typedef {ReturnType<typeof loadWords>} Words */
/** @typedef {import("nearvec").NearvecClient} Client */

const asked = process.argv.slice(2).join(" ").trim().toLowerCase();
await (asked === "" ? tour() : answer(asked));

async function tour() {
  const words = load();
  const { client, stored, indexed } = await opened(words);
  const { build } = client.info();
  console.log(
    `engine: nearvec in this process, WebAssembly ${build === "relaxed" ? "relaxed SIMD" : "SIMD"}, 1 thread`,
  );
  const estimate = client.estimate({
    ...configOf(words),
    count: words.words.length,
    payload_bytes: '{"word":"mountain","rank":50000,"length":8}'.length,
  });
  await store(client, words, stored);
  await index(client, words, indexed);
  await showNeighbours(client, words);
  await measure(client, words);
  showMemory(client, estimate.total);
  await close(client);
  console.log(`\nAsk for a word of your own: npm start -- "lighthouse"`);
}

/** One word needs no graph: comparing with all of them takes a millisecond. @param {string} text */
async function answer(text) {
  const words = load();
  const query = meaningOf(text, words);
  if (query === undefined) return;
  const { client, stored } = await opened(words);
  await store(client, words, stored);
  const own = new Set(text.split(/\s+/));
  const { points, distances, time } = await client.explain("words", {
    query,
    limit: K + own.size,
    with_payload: true,
    params: { exact: true },
  });
  console.log(
    `\n${styled("bold", text)}: nearest of ${number(distances)} words, compared exactly in ${number(time, 1)} ms\n`,
  );
  const others = points.filter((point) => !own.has(String(point.payload?.word))).slice(0, K);
  table([
    ["word", "similarity", "rank"],
    ...others.map(({ payload, score }) => [
      String(payload?.word),
      score.toFixed(3),
      number(Number(payload?.rank)),
    ]),
  ]);
  await close(client);
}

/** @param {Words} words */
function configOf({ dim }) {
  return { vectors: { size: dim, distance: /** @type {const} */ ("Cosine") }, hnsw_config: HNSW };
}

/** @param {Words} words */
async function opened(words) {
  const found = await openWords(open, STORE, configOf(words)).catch((error) => {
    if (!("code" in error)) throw error;
    // Another run has it, or it is damaged: what to do is in the message.
    console.error(`\n${error.message}`);
    process.exit(1);
  });
  const place = relative(process.cwd(), STORE);
  const { stored, indexed, time } = found;
  console.log(
    stored === 0
      ? `store: ${place}, which is empty yet`
      : `store: ${number(stored)} points from ${place}, ${number(indexed)} of them in the graph, opened in ${seconds(time, 2)}`,
  );
  return found;
}

/** What is not in a checkpoint yet is written into one, so that opening is reading. @param {Client} client */
async function close(client) {
  const began = performance.now();
  await client.close();
  console.log(`\nstore: closed in ${seconds(performance.now() - began, 2)}`);
}

function load() {
  const began = performance.now();
  const words = loadWords({ count: COUNT });
  const time = seconds(performance.now() - began);
  console.log(
    `data: the ${number(words.words.length)} most frequent English words, ${words.dim} numbers each (read in ${time})`,
  );
  return words;
}

/** The vector of a word, or the mean of several words' directions. @param {string} text @param {Words} words */
function meaningOf(text, { words, vectors, dim }) {
  const mean = new Float32Array(dim);
  for (const word of text.split(/\s+/)) {
    const at = words.indexOf(word);
    if (at === -1) {
      const similar = nearestSpellings(word, words, 5);
      console.error(`\n"${word}" is not among the ${number(words.length)} most frequent words.`);
      if (similar.length > 0) console.error(`Did you mean ${similar.join(", ")}?`);
      process.exitCode = 1;
      return undefined;
    }
    const vector = vectors.subarray(at * dim, (at + 1) * dim);
    const length = Math.hypot(...vector);
    for (let i = 0; i < dim; i++) mean[i] = (mean[i] ?? 0) + (vector[i] ?? 0) / length;
  }
  return mean;
}

/**
 * Stores the words that are missing, and shows how far it is.
 *
 * @param {Client} client
 * @param {Words} words
 * @param {number} stored how many are there
 */
async function store(client, words, stored) {
  const total = words.words.length;
  if (stored >= total) return;
  const storing = progress("store");
  await storeWords(client, words, stored, (now) => storing.show(now / total, `${number(now)} points`));
  storing.end((time) => `${number(total - stored)} points in ${seconds(time)}, on the disk and searchable`);
}

/**
 * Waits for the graph, and shows how far it is.
 *
 * @param {Client} client
 * @param {Words} words
 * @param {number} before how many were indexed when the store was opened
 */
async function index(client, words, before) {
  const total = words.words.length;
  if (before >= total) return;
  const indexing = progress("index");
  const began = performance.now();
  const timer = setInterval(async () => {
    const indexed = (await client.getCollection("words")).indexed_vectors_count ?? 0;
    const rate = (performance.now() - began) / (indexed - before);
    const left = indexed === before ? "" : `, ${seconds(rate * (total - indexed))} left`;
    indexing.show(indexed / total, `${number(indexed)} vectors${left}`);
  }, 200);
  await client.waitForIndex("words");
  clearInterval(timer);
  indexing.end(
    (time) =>
      `graph of ${number(total)} vectors (m ${HNSW.m}, ef_construct ${HNSW.ef_construct}) in ${seconds(time)}`,
  );
}

/** @param {Client} client @param {Words} words */
async function showNeighbours(client, { words }) {
  console.log(`\n${styled("bold", "neighbours")} (cosine similarity)`);
  for (const word of SHOWN) {
    const { points } = await client.query("words", {
      query: words.indexOf(word) + 1,
      limit: NEIGHBOURS,
      with_payload: ["word"],
    });
    const found = points.map(({ payload, score }) =>
      `${payload?.word} ${score.toFixed(2).slice(1)}`.padEnd(16),
    );
    console.log(`  ${word.padEnd(10)}  ${found.join(" ")}`.trimEnd());
  }
}

/**
 * Recall and speed: 200 words spread over all ranks, each ef against an exact scan.
 *
 * @param {Client} client
 * @param {Words} words
 */
async function measure(client, { words }) {
  console.log(
    `\n${styled("bold", "recall and speed")} (the ${K} nearest to each of ${QUERIES} words, itself left out)`,
  );
  // Ids of words spread over all ranks.
  const queries = Array.from({ length: QUERIES }, (_, i) => Math.ceil(((i + 0.5) / QUERIES) * words.length));
  const exact = await ask(client, queries, { exact: true });
  const rows = [["params", "recall@10", "queries/s", "µs/query", "distances"]];
  for (const hnsw_ef of [32, 64, 128, 256]) {
    const run = await ask(client, queries, { hnsw_ef });
    let found = 0;
    run.answers.forEach((ids, i) => {
      for (const id of ids) if (exact.answers[i]?.includes(id)) found++;
    });
    rows.push([`hnsw_ef ${hnsw_ef}`, (found / (QUERIES * K)).toFixed(3), ...speed(run)]);
  }
  rows.push(["exact", "1.000", ...speed(exact)]);
  table(rows);
}

/** @param {{ perQuery: number, distances: number }} run */
function speed({ perQuery, distances }) {
  return [number(1000 / perQuery), number(perQuery * 1000), number(distances)];
}

/**
 * Asks all queries a few times over; the fastest round counts, the machine may have other things to do.
 *
 * @param {Client} client
 * @param {number[]} queries
 * @param {{ hnsw_ef?: number, exact?: boolean }} params
 */
async function ask(client, queries, params) {
  const answers = [];
  let distances = 0;
  for (const query of queries) {
    const explained = await client.explain("words", { query, limit: K, params });
    answers.push(explained.points.map((point) => point.id));
    distances += explained.distances;
  }
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const began = performance.now();
    for (const query of queries)
      await client.query("words", { query, limit: K, params, with_payload: false });
    best = Math.min(best, performance.now() - began);
  }
  return { answers, perQuery: best / queries.length, distances: distances / queries.length };
}

/** @param {Client} client @param {number} estimated */
function showMemory(client, estimated) {
  const { total, vectors, ids, payloads } = client.info().memory;
  console.log(
    `\n${styled("bold", "memory")}: ${megabytes(total)} (vectors and graph ${megabytes(vectors)}, ids ${megabytes(ids)}, ` +
      `payloads ${megabytes(payloads)}); estimated beforehand: ${megabytes(estimated)}`,
  );
}
