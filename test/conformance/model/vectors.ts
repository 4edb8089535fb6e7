/** Vectors of every kind, what is kept of them, and their scores. */
import {
  type Distance,
  f16,
  largerIsBetter,
  maxSim,
  type Sparse,
  score,
  sparseDot,
  u8,
  unit,
  withIdf,
} from "../naive.ts";
import type { Chance } from "./chance.ts";

interface Dense {
  kind: "dense";
  size: number;
  distance: Distance;
  datatype?: "float16" | "uint8";
}
interface Multi {
  kind: "multi";
  size: number;
  distance: Distance;
  /** The most vectors of a point; 4 unless said otherwise, as many as a query has. */
  most?: number;
}
interface SparseKind {
  kind: "sparse";
  idf: boolean;
}
export type Space = Dense | Multi | SparseKind;
export type Vector = number[] | number[][] | Sparse;

/** The most vectors that a query for lists of them has. */
const QUERIED = 4;

/** A space as a collection is made with it. */
export function settings(space: Dense | Multi): object {
  if (space.kind === "dense") {
    const { kind, ...params } = space;
    return params;
  }
  const { kind, most, ...params } = space;
  return { ...params, multivector_config: { comparator: "max_sim" } };
}

export function aVector(chance: Chance, space: Space): Vector {
  switch (space.kind) {
    case "dense":
      return aRow(chance, space);
    case "multi":
      return chance.some(space.most ?? QUERIED, () => aRow(chance, space), 1);
    case "sparse": {
      const entries = new Map(
        chance.some(5, () => [chance.below(14) ** 2 * 1000, eighth(chance)] as const, 1),
      );
      return { indices: [...entries.keys()], values: [...entries.values()] };
    }
  }
}

/** Eighths of small integers: sums of their products are exact in f32. */
const eighth = (chance: Chance) => chance.between(-16, 16) / 8;

function aRow(chance: Chance, space: Dense | Multi): number[] {
  const datatype = space.kind === "dense" ? space.datatype : undefined;
  const value =
    datatype === "uint8"
      ? () => chance.between(-8, 1100) / 4
      : datatype === "float16"
        ? () => Math.fround(chance.between(-999, 999) / 100)
        : () => eighth(chance);
  return Array.from({ length: space.size }, value);
}

/** A query that the space takes as it is: nothing of it is rounded. */
export function aQuery(chance: Chance, space: Space): Vector {
  // One by itself leads to the right points alone; several may have to be looked for in another way.
  if (space.kind === "multi") return chance.some(chance.is(0.5) ? 1 : QUERIED, () => aRow(chance, space), 1);
  if (space.kind === "sparse" || space.datatype === undefined) return aVector(chance, space);
  return Array.from({ length: space.size }, () =>
    space.datatype === "uint8" ? chance.below(256) : eighth(chance),
  );
}

/** What is kept of a vector, but for a length of 1 where cosine asks for that. */
export function kept(space: Space, vector: Vector): Vector {
  if (space.kind === "sparse") {
    const { indices, values } = vector as Sparse;
    const order = indices.map((_, i) => i).sort((a, b) => (indices[a] ?? 0) - (indices[b] ?? 0));
    return { indices: order.map((i) => indices[i] ?? 0), values: order.map((i) => (values[i] ?? 0) + 0) };
  }
  if (space.kind === "multi") return (vector as number[][]).map((row) => row.map((x) => x + 0));
  const round = space.datatype === "float16" ? f16 : space.datatype === "uint8" ? u8 : (x: number) => x;
  return (vector as number[]).map((x) => round(x) + 0);
}

/** Whether a vector comes back as it is kept: to the f32, or where cosine made it a unit, nearly. */
export function comesBack(space: Space, keptVector: Vector, got: unknown): boolean {
  if (space.kind === "sparse" || space.distance !== "Cosine") {
    // What is exact in f32 may have a shorter form.
    const text = (vector: unknown) =>
      JSON.stringify(vector, (_, x) => (typeof x === "number" ? Math.fround(x) + 0 : x));
    return text(keptVector) === text(got);
  }
  const rows = (vector: unknown) => (space.kind === "multi" ? (vector as number[][]) : [vector as number[]]);
  return rows(keptVector).every((row, i) =>
    unit(row).every((x, j) => Math.abs(x - (rows(got)[i]?.[j] ?? Number.NaN)) < 1e-6),
  );
}

export function isLarger(space: Space): boolean {
  return space.kind === "sparse" || largerIsBetter(space.distance);
}

/**
 * By how much a score may differ. 0: every sum is exact in f32, but for the square root of a distance, which
 * both sides round to f32.
 */
export function tolerance(space: Space): number {
  if (space.kind === "sparse") return space.idf ? 1e-5 : 0;
  if (space.distance === "Cosine") return 1e-5;
  return space.kind === "dense" && space.datatype !== undefined ? 1e-4 : 0;
}

/** The score of each document, or undefined where it is not found: of sparse vectors that share no index. */
export function scores(
  space: Space,
  query: Vector,
  documents: ReadonlyMap<unknown, Vector>,
): Map<unknown, number> {
  const found = new Map<unknown, number>();
  const all = [...documents.values()];
  const weighed = space.kind === "sparse" && space.idf ? withIdf(query as Sparse, all as Sparse[]) : query;
  for (const [id, document] of documents) {
    const each = scoreOf(space, weighed, document);
    if (each !== undefined) found.set(id, each);
  }
  return found;
}

function scoreOf(space: Space, query: Vector, document: Vector): number | undefined {
  switch (space.kind) {
    case "sparse":
      return sparseDot(query as Sparse, document as Sparse);
    case "multi":
      return maxSim(space.distance, query as number[][], document as number[][]);
    case "dense":
      return score(space.distance, query as number[], document as number[]);
  }
}
