/** The exact answers, computed once and kept in .cache/data. */

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { readTable, writeTable } from "../../data/cache.mjs";
import type { Dataset } from "./datasets.ts";
import { trueDistances } from "./distance.ts";
import type { TruthWork } from "./truth-worker.ts";

/** Which rows of the base may be answers. */
export interface Allowed {
  /** Tells this selection from every other over the same data. */
  readonly id: string;
  /** One byte per row, 1 where it is allowed. */
  readonly mask: Uint8Array;
}

/** Scores answers against the exact ones. */
export interface Truth {
  /** recall@k of answers (rows of the base) to the queries 0, 1, 2 …: the mean over the queries. */
  recall(answers: readonly Uint32Array[], k: number): number;
}

/** Neighbours kept per query. */
const DEPTH = 100;
/** One query's row of the table: DEPTH distances (f64), then DEPTH rows of the base (u32). */
const ROW_BYTES = DEPTH * 12;
/**
 * A returned row is right when it is as close as the k-th neighbour, but for the rounding of an engine's
 * floats.
 */
const TIE = 1 + 1e-6;

export async function loadTruth(
  data: Dataset,
  log: (message: string) => void,
  allowed?: Allowed,
): Promise<Truth> {
  const name = `truth.${data.id}${allowed ? `.${allowed.id}` : ""}`;
  const key = { name: `${name}.bin`, source: `${name} 1`, rowBytes: ROW_BYTES };
  let rows = readTable(key)?.rows;
  if (!rows) {
    log(`computing the exact neighbours for ${data.title}${allowed ? `, ${allowed.id}` : ""}, once`);
    rows = await compute(data, allowed);
    writeTable(key, { rows, meta: null });
  }
  return scorer(data, rows, allowed);
}

function scorer(data: Dataset, table: Uint8Array<ArrayBuffer>, allowed: Allowed | undefined): Truth {
  const distance = trueDistances(data);
  return {
    recall(answers, k) {
      if (k > DEPTH) throw new RangeError(`k is ${k}; the truth goes to ${DEPTH}`);
      let right = 0;
      answers.forEach((answer, query) => {
        const farthest = new DataView(table.buffer, query * ROW_BYTES).getFloat64(8 * (k - 1), true);
        const limit = farthest * TIE;
        for (const row of new Set(answer.subarray(0, k))) {
          if (row >= data.count || (allowed && allowed.mask[row] !== 1)) continue;
          if (distance(query, row) <= limit) right++;
        }
      });
      return right / (k * answers.length);
    },
  };
}

async function compute(data: Dataset, allowed: Allowed | undefined): Promise<Uint8Array<ArrayBuffer>> {
  const { dim, metric, queries, queryCount } = data;
  const base = new Float32Array(new SharedArrayBuffer(data.base.byteLength));
  base.set(data.base);
  const mask = allowed && new Uint8Array(new SharedArrayBuffer(allowed.mask.byteLength));
  if (allowed) mask?.set(allowed.mask);
  const threads = availableParallelism();
  const share = Math.ceil(queryCount / threads / 4) * 4;
  const table = new Uint8Array(queryCount * ROW_BYTES);
  const view = new DataView(table.buffer);
  const parts = Array.from({ length: Math.ceil(queryCount / share) }, async (_, part) => {
    const first = part * share;
    const own = new Float32Array(share * dim);
    own.set(queries.subarray(first * dim, Math.min(queryCount, first + share) * dim));
    const found = await runWorker({ metric, dim, base, queries: own, allowed: mask, depth: DEPTH });
    found.slice(0, queryCount - first).forEach(({ distances, rows }, i) => {
      const at = (first + i) * ROW_BYTES;
      distances.forEach((distance, rank) => {
        view.setFloat64(at + 8 * rank, distance, true);
      });
      rows.forEach((row, rank) => {
        view.setUint32(at + 8 * DEPTH + 4 * rank, row, true);
      });
    });
  });
  await Promise.all(parts);
  return table;
}

function runWorker(work: TruthWork): Promise<{ distances: Float64Array; rows: Uint32Array }[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./truth-worker.ts", import.meta.url), { workerData: work });
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`a worker ended with code ${code} before it answered`)));
  });
}
