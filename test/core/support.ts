/** What the core's tests share: compiled builds, seeded numbers, naive answers. */

import { compile } from "../../build/core.mjs";
import type { CoreExports, SparseExports } from "../../src/core/abi.ts";
import type { CoreModule } from "../../src/core/load.ts";
import type { Distance } from "../../src/vectors/config.ts";

/** assembly/testing.ts: beside the published interface, the kernels, layouts and links. */
export interface TestingExports extends CoreExports, SparseExports {
  dot(a: number, b: number, bytes: number): number;
  euclid(a: number, b: number, bytes: number): number;
  manhattan(a: number, b: number, bytes: number): number;
  dotScalar(a: number, b: number, bytes: number): number;
  euclidScalar(a: number, b: number, bytes: number): number;
  manhattanScalar(a: number, b: number, bytes: number): number;
  kernel4(metric: number, q: number, vectors: number, bytes: number, out: number): void;
  normalize(a: number, bytes: number): void;
  ordered(distance: number): number;
  unordered(bits: number): number;
  keyOf(distance: number, slot: number): bigint;
  insertKey(pool: number, count: number, capacity: number, key: bigint): number;
  heapPush(heap: number, count: number, key: bigint): void;
  heapReplace(heap: number, count: number, key: bigint): void;
  heapSort(heap: number, count: number): void;
  levelOf(slot: number): number;
  linksOn(slot: number, level: number): number;
  linkCapacity(level: number): number;
  loadEntry(): bigint;
  metaAddress(slot: number): number;
}

export const BUILDS = ["core.wasm", "core.relaxed.wasm", "core.debug.wasm"] as const;
export type BuildName = (typeof BUILDS)[number];

const modules = new Map<BuildName, Promise<CoreModule>>();

/** A build of assembly/testing.ts, compiled once per test file. */
export function testingCore(name: BuildName): Promise<CoreModule> {
  let core = modules.get(name);
  if (core === undefined) {
    core = compile(name, { entry: "assembly/testing.ts" }).then(async (bytes) => ({
      module: await WebAssembly.compile(new Uint8Array(bytes)),
      build: name === "core.relaxed.wasm" ? ("relaxed" as const) : ("simd" as const),
    }));
    modules.set(name, core);
  }
  return core;
}

/** The debug build's only import beside memory: an assertion that failed. */
function abort(_message: number, file: number, line: number, column: number): never {
  throw new Error(`the core's assertion at file ${file} line ${line}:${column} failed`);
}

/** Lets spaces run on the debug build, too, for as long as the test file does: their code imports memory and nothing else. */
export function allowDebugBuild(): void {
  WebAssembly.Instance = class extends WebAssembly.Instance {
    constructor(module: WebAssembly.Module, imports: WebAssembly.Imports = {}) {
      super(module, { ...imports, env: { abort, ...imports.env } });
    }
  };
}

/** An instance with a memory of its own. */
export async function instance(
  name: BuildName,
  pages = 64,
): Promise<{ core: TestingExports; memory: WebAssembly.Memory }> {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: 65536 });
  const { module } = await testingCore(name);
  const made = new WebAssembly.Instance(module, { env: { memory, abort } });
  return { core: made.exports as unknown as TestingExports, memory };
}

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** `count` vectors around `clusters` centres, as real data lies; flat. */
export function clustered(count: number, size: number, seed: number, clusters = 20): Float32Array {
  const next = random(seed);
  const centres = Float32Array.from({ length: clusters * size }, () => next() * 2 - 1);
  const vectors = new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    const centre = Math.floor(next() * clusters) * size;
    for (let j = 0; j < size; j++)
      vectors[i * size + j] = (centres[centre + j] as number) + (next() - 0.5) * 0.8;
  }
  return vectors;
}

/** Qdrant's score of two vectors, in f64. */
export function score(distance: Distance, a: ArrayLike<number>, b: ArrayLike<number>): number {
  let dot = 0;
  let squared = 0;
  let absolute = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as number;
    const y = b[i] as number;
    dot += x * y;
    squared += (x - y) ** 2;
    absolute += Math.abs(x - y);
    aa += x * x;
    bb += y * y;
  }
  if (distance === "Dot") return dot;
  if (distance === "Euclid") return Math.sqrt(squared);
  if (distance === "Manhattan") return absolute;
  return aa === 0 || bb === 0 ? 0 : dot / Math.sqrt(aa * bb);
}

/** Whether the first score is the better one. */
export function better(distance: Distance, a: number, b: number): boolean {
  return distance === "Cosine" || distance === "Dot" ? a > b : a < b;
}
