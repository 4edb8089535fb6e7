/**
 * Sparse vectors: nearvec's inverted index against one that is written in plain JavaScript, on synthetic vectors of a zipf
 * distribution. Both are exact, and their answers are compared.
 */

import { sparseCore } from "../../src/vectors/kinds/sparse-core.ts";
import { SparseSpace } from "../../src/vectors/kinds/sparse-space.ts";
import type { SparseRows, SparseVector } from "../../src/vectors/rows.ts";
import { randomNumbers } from "./data/random.ts";
import { zipfian } from "./data/zipfian.ts";
import { type Spread, spread } from "./measure/statistics.ts";
import { ReportFiles } from "./report/files.ts";
import { machineLine } from "./report/machine.ts";
import { figure, table, times } from "./report/markdown.ts";

const COUNT = 200_000;
const DIMENSIONS = 30_000;
const BATCH = 1000;
const K = 10;
const ROUNDS = 15;
const QUERIES = 60;

/** What one writes without a library: typed arrays by index, scores of all rows, a short sorted list of the best. */
class JsIndex {
  readonly #postings = new Map<number, { rows: Uint32Array; values: Float32Array; count: number }>();
  readonly #scores = new Float32Array(COUNT);
  readonly #touched = new Uint32Array(COUNT);
  readonly #isTouched = new Uint8Array(COUNT);

  add(row: number, { indices, values }: SparseVector): void {
    for (let i = 0; i < indices.length; i++) {
      const index = indices[i] as number;
      let list = this.#postings.get(index);
      if (list === undefined) {
        list = { rows: new Uint32Array(4), values: new Float32Array(4), count: 0 };
        this.#postings.set(index, list);
      } else if (list.count === list.rows.length) {
        const { rows, values: old } = list;
        list.rows = new Uint32Array(rows.length * 2);
        list.rows.set(rows);
        list.values = new Float32Array(rows.length * 2);
        list.values.set(old);
      }
      list.rows[list.count] = row;
      list.values[list.count++] = values[i] as number;
    }
  }

  weigh({ indices, values }: SparseVector): SparseVector {
    const rarity = (index: number): number => {
      const having = this.#postings.get(index)?.count ?? 0;
      return Math.log((COUNT - having + 0.5) / (having + 0.5) + 1);
    };
    return { indices, values: values.map((value, i) => value * rarity(indices[i] as number)) };
  }

  search(query: SparseVector, allowed: Uint32Array | undefined): number[] {
    const scores = this.#scores;
    const touched = this.#touched;
    const isTouched = this.#isTouched;
    let count = 0;
    for (let i = 0; i < query.indices.length; i++) {
      const list = this.#postings.get(query.indices[i] as number);
      if (list === undefined) continue;
      const weight = query.values[i] as number;
      const { rows, values } = list;
      for (let p = 0; p < list.count; p++) {
        const row = rows[p] as number;
        if (isTouched[row] === 0) {
          isTouched[row] = 1;
          touched[count++] = row;
        }
        scores[row] = (scores[row] as number) + weight * (values[p] as number);
      }
    }
    const best: number[] = [];
    const bestScores: number[] = [];
    for (let t = 0; t < count; t++) {
      const row = touched[t] as number;
      const score = scores[row] as number;
      scores[row] = 0;
      isTouched[row] = 0;
      if (best.length === K && score <= (bestScores[K - 1] as number)) continue;
      if (allowed !== undefined && (((allowed[row >>> 5] as number) >>> (row & 31)) & 1) === 0) continue;
      let at = best.length;
      while (at > 0 && (bestScores[at - 1] as number) < score) at--;
      best.splice(at, 0, row);
      bestScores.splice(at, 0, score);
      if (best.length > K) {
        best.pop();
        bestScores.pop();
      }
    }
    return bestScores;
  }
}

function vectorsOf({ ends, indices, values }: SparseRows): SparseVector[] {
  return Array.from(ends, (end, row) => {
    const from = row === 0 ? 0 : ends[row - 1];
    return { indices: indices.subarray(from, end), values: values.subarray(from, end) };
  });
}

function seconds(work: () => void): number {
  const started = performance.now();
  work();
  return (performance.now() - started) / 1000;
}

interface Kind {
  readonly title: string;
  readonly queries: readonly SparseVector[];
  readonly idf: boolean;
  readonly share?: number;
}

interface KindFigures {
  readonly title: string;
  /** Queries per second. */
  readonly nearvec: Spread;
  readonly js: Spread;
  readonly ratio: Spread;
  /** Postings, and entries of vectors, that a query reads. */
  readonly read: number;
  readonly postings: number;
}

const files = new ReportFiles("sparse");
const data = zipfian({ count: COUNT, seed: 1, dimensions: DIMENSIONS, shortest: 30, longest: 100 });
const vectors = vectorsOf(data);
const entries = data.indices.length;
await sparseCore.load();
const core = { module: sparseCore.module };
const spaces = [false, true].map((idf) =>
  SparseSpace.create(core, { kind: "sparse", idf, datatype: "float32", seed: 1 }),
) as [SparseSpace, SparseSpace];
const js = new JsIndex();
const batches = Array.from({ length: COUNT / BATCH }, (_, b): SparseRows => {
  const rows = vectors.slice(b * BATCH, (b + 1) * BATCH);
  const from = b === 0 ? 0 : (data.ends[b * BATCH - 1] as number);
  const ends = data.ends.slice(b * BATCH, (b + 1) * BATCH).map((end) => end - from);
  const last = from + (ends[rows.length - 1] as number);
  return {
    type: "sparse",
    count: BATCH,
    ends,
    indices: data.indices.subarray(from, last),
    values: data.values.subarray(from, last),
  };
});
const insertSeconds = spaces.map((space) =>
  seconds(() => {
    batches.forEach((rows, b) => {
      space.reserveRows(rows, (b + 1) * BATCH);
      for (let row = 0; row < BATCH; row++) space.store(b * BATCH + row, rows, row);
    });
  }),
);
const jsSeconds = seconds(() => {
  vectors.forEach((vector, row) => {
    js.add(row, vector);
  });
});

function bitmap(share: number): Uint32Array {
  const random = randomNumbers(9);
  const bits = new Uint32Array(Math.ceil(COUNT / 32));
  for (let row = 0; row < COUNT; row++) {
    if (random() < share) bits[row >>> 5] = (bits[row >>> 5] as number) | (1 << (row & 31));
  }
  return bits;
}

function measure({ title, queries, idf, share }: Kind): KindFigures {
  const space = spaces[idf ? 1 : 0];
  const allowed = share === undefined ? undefined : bitmap(share);
  const options = { limit: K, ef: 0, exact: false, ...(allowed && { allowed }) };
  const answer = (query: SparseVector) => space.search(query, options);
  const answerJs = (query: SparseVector) => js.search(idf ? js.weigh(query) : query, allowed);
  let read = 0;
  for (const query of queries) {
    const hits = answer(query);
    read += hits.distances;
    const expected = answerJs(query);
    const differs = expected.some((score, i) => Math.abs(score - (hits.scores[i] as number)) > 1e-4 * score);
    if (differs || hits.count !== expected.length) throw new Error(`${title}: the answers differ`);
  }
  let postings = 0;
  for (const { indices } of queries) for (const index of indices) postings += frequency[index] as number;
  const rates: number[] = [];
  const jsRates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const race = [
      () => rates.push(QUERIES / seconds(() => void queries.forEach(answer))),
      () => jsRates.push(QUERIES / seconds(() => void queries.forEach(answerJs))),
    ];
    for (const turn of round % 2 ? race : race.reverse()) turn();
  }
  const none = { median: Number.NaN, low: Number.NaN, high: Number.NaN };
  return {
    title,
    nearvec: spread(rates) ?? none,
    js: spread(jsRates) ?? none,
    ratio: spread(rates.map((rate, i) => rate / (jsRates[i] as number))) ?? none,
    read: read / QUERIES,
    postings: postings / QUERIES,
  };
}

const frequency = new Uint32Array(DIMENSIONS);
for (const index of data.indices) frequency[index] = (frequency[index] as number) + 1;
const draw = (seed: number, shortest: number, longest: number) =>
  vectorsOf(zipfian({ count: QUERIES, seed, dimensions: DIMENSIONS, shortest, longest }));
const long = draw(2, 10, 40);
const short = draw(3, 2, 6);
const results = [
  measure({ title: "10 to 40 indices", queries: long, idf: false }),
  measure({ title: "10 to 40 indices, idf", queries: long, idf: true }),
  measure({ title: "2 to 6 indices", queries: short, idf: false }),
  measure({ title: "2 to 6 indices, idf", queries: short, idf: true }),
  measure({ title: "10 to 40 indices, a tenth allowed", queries: long, idf: false, share: 0.1 }),
  measure({ title: "10 to 40 indices, a hundredth allowed", queries: long, idf: false, share: 0.01 }),
];

const [insertion = Number.NaN] = insertSeconds;
const text = [
  `${COUNT.toLocaleString("en")} synthetic vectors of 30 to 100 of ${DIMENSIONS.toLocaleString("en")} indices (zipf), k = ${K}`,
  "",
  table(
    ["queries of", "nearvec, QPS", "plain JavaScript, QPS", "nearvec / this", "postings", "read"],
    results.map(({ title, nearvec, js: plain, ratio, postings, read }) => [
      title,
      figure(nearvec.median),
      figure(plain.median),
      times(ratio.median),
      figure(postings),
      figure(read),
    ]),
  ),
  "",
  `- stored a second: ${figure(COUNT / insertion)} vectors, ${figure(entries / insertion)} entries (plain JavaScript: ${figure(COUNT / jsSeconds)} vectors, without room for reading them back)`,
  `- memory: ${figure(spaces[0].memoryBytes / entries, 2)} bytes an entry, all included (of them 8 for its posting, 8 for reading vectors back)`,
  `- "postings": what all indices of a query have; "read": what nearvec reads, with the entries of vectors that it measures one by one`,
  "",
  `${machineLine(files.machine)}; medians of ${ROUNDS} rounds`,
].join("\n");
console.log(`${text}\n\n${files.writeResults(results)}`);
files.write("md", `${text}\n`);
