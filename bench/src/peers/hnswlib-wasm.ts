/** hnswlib-wasm: hnswlib compiled to WebAssembly for browsers. */

import type { HnswlibModule } from "hnswlib-wasm/dist/hnswlib.js";
import type { SearchResult } from "hnswlib-wasm/dist/hnswlib-wasm.js";
import { GRAPH, type Peer, type Setup } from "./protocol.ts";
import { inChunks, views } from "./rows.ts";
import { installedVersion } from "./version.ts";

export async function create({ metric, dim, count, base, queries, k }: Setup): Promise<Peer<SearchResult>> {
  const library = await load();
  const index = new library.HierarchicalNSW(metric, dim, "");
  const points = views(queries, dim, 0, queries.length / dim);
  return {
    version: installedVersion("hnswlib-wasm"),
    async build(stopwatch) {
      stopwatch.start();
      index.initIndex(count, GRAPH.m, GRAPH.efConstruction, 100);
      stopwatch.stop();
      await inChunks(
        stopwatch,
        count,
        1000,
        (first, size) => views(base, dim, first, size),
        (chunk, first) => {
          for (let i = 0; i < chunk.length; i++) index.addPoint(chunk[i] as Float32Array, first + i, false);
        },
      );
    },
    setEf: (ef) => index.setEfSearch(ef),
    search: (query) => index.searchKnn(points[query] as Float32Array, k, undefined),
    rows: ({ neighbors }) => neighbors,
  };
}

/**
 * It is made for browsers: it wants a `window`, and reports at length that IndexedDB, which nothing here
 * needs, is missing.
 */
async function load(): Promise<HnswlibModule> {
  Object.assign(globalThis, { window: globalThis });
  const { log, warn, error } = console;
  const silent = (): void => {};
  Object.assign(console, { log: silent, warn: silent, error: silent });
  try {
    const { loadHnswlib } = await import("hnswlib-wasm/dist/hnswlib.js");
    return await loadHnswlib();
  } finally {
    Object.assign(console, { log, warn, error });
  }
}
