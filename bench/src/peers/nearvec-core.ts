/** nearvec below its client: one vector space, from the sources. For what the client doesn't offer yet. */

import { loadCore } from "../../../src/core/load.ts";
import { DenseSpace, type Hits } from "../../../src/vectors/dense-space.ts";
import { GRAPH, type Peer, type Setup } from "./protocol.ts";
import { inChunks, views } from "./rows.ts";

/** Distances per call of indexSome: some tenths of a second. */
const BUDGET = 5_000_000;

export async function create(setup: Setup): Promise<Peer<Hits>> {
  const { metric, dim, count, base, queries, k, allowed } = setup;
  const core = await loadCore();
  const space = DenseSpace.create(core, {
    size: dim,
    distance: metric === "cosine" ? "Cosine" : "Euclid",
    m: GRAPH.m,
    efConstruct: GRAPH.efConstruction,
    seed: 1,
  });
  const points = views(queries, dim, 0, queries.length / dim);
  const filter = allowed && { allowed: bitmap(allowed) };
  let options = { limit: k, ef: 64, exact: false, ...filter };
  return {
    version: "sources",
    note: `core: ${core.build}`,
    async build(stopwatch) {
      await inChunks(
        stopwatch,
        count,
        1000,
        (first, size) => ({ first, size }),
        ({ first, size }) => {
          space.reserve(size);
          for (let row = first; row < first + size; row++) space.put(row, base, row * dim);
        },
      );
      while (space.tailCount > 0) {
        stopwatch.start();
        space.indexSome(BUDGET);
        stopwatch.stop();
      }
    },
    setEf(ef) {
      options = { ...options, ef };
    },
    search: (query) => space.search(points[query] as Float32Array, options),
    rows: ({ offsets }) => offsets,
    reportedBytes: () => space.memoryBytes,
    close: () => space.close(),
  };
}

function bitmap(mask: Uint8Array): Uint32Array {
  const words = new Uint32Array(Math.ceil(mask.length / 32));
  mask.forEach((bit, row) => {
    words[row >>> 5] = (words[row >>> 5] as number) | (bit << (row & 31));
  });
  return words;
}
