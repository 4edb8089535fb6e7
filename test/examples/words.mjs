// Searches 100,000 English words by meaning. `npm start` indexes them, asks for neighbours and measures;
// `npm start -- "some word"` answers for that word.
import { open } from "nearvec";
import { loadWords } from "../../bench/data/words.mjs";
import { nearestSpellings } from "./spelling.mjs";
import { megabytes, number, progress, seconds, styled, table } from "./terminal.mjs";

const COUNT = 100_000;
const BATCH = 2000;
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
  const client = await open();
  const { build } = client.info();
  console.log(
    `engine: nearvec in this process, WebAssembly ${build === "relaxed" ? "relaxed SIMD" : "SIMD"}, 1 thread`,
  );
  const estimate = client.estimate({
    vectors: { size: words.dim, distance: "Cosine" },
    hnsw_config: HNSW,
    count: words.words.length,
    payload_bytes: '{"word":"mountain","rank":50000,"length":8}'.length,
  });
  await client.createCollection("words", {
    vectors: { size: words.dim, distance: "Cosine" },
    hnsw_config: HNSW,
  });
  await fill(client, words);
  await showNeighbours(client, words);
  await measure(client, words);
  showMemory(client, estimate.total);
  await client.close();
  console.log(`\nAsk for a word of your own: npm start -- "lighthouse"`);
}

/** One word needs no graph: comparing with all of them takes a millisecond. @param {string} text */
async function answer(text) {
  const words = load();
  const query = meaningOf(text, words);
  if (query === undefined) return;
  const client = await open();
  await client.createCollection("words", {
    vectors: { size: words.dim, distance: "Cosine" },
    optimizers_config: { indexing_threshold: 0 },
  });
  await store(client, words, () => {});
  const own = new Set(text.split(/\s+/));
  const { points, distances, time } = await client.explain("words", {
    query,
    limit: K + own.size,
    with_payload: true,
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
  await client.close();
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
 * Upserts all words in batches; ids are ranks.
 *
 * @param {Client} client
 * @param {Words} words
 * @param {(stored: number) => void} onBatch
 */
async function store(client, { words, vectors, ranks, dim }, onBatch) {
  for (let from = 0; from < words.length; from += BATCH) {
    const to = Math.min(from + BATCH, words.length);
    await client.upsert("words", {
      batch: {
        ids: ranks.subarray(from, to),
        vectors: vectors.subarray(from * dim, to * dim),
        payloads: words
          .slice(from, to)
          .map((word, i) => ({ word, rank: ranks[from + i], length: word.length })),
      },
    });
    onBatch(to);
  }
}

/** Stores and indexes the words, and shows how far it is. @param {Client} client @param {Words} words */
async function fill(client, words) {
  const total = words.words.length;
  const storing = progress("store");
  await store(client, words, (stored) => storing.show(stored / total, `${number(stored)} points`));
  storing.end((time) => `${number(total)} points in ${seconds(time)}, searchable at once`);

  const indexing = progress("index");
  const began = performance.now();
  const timer = setInterval(async () => {
    const indexed = (await client.getCollection("words")).indexed_vectors_count ?? 0;
    const left =
      indexed === 0 ? "" : `, ${seconds(((performance.now() - began) / indexed) * (total - indexed))} left`;
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
