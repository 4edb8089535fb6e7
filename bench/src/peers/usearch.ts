/**
 * usearch: a native addon. Its JavaScript has no setter for ef and no filter: an index gets its ef when it is
 * made, so the built one is saved, and viewed again for every ef.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import usearch, { type Index, type Matches } from "usearch";
import { GRAPH, type Peer, type Setup } from "./protocol.ts";
import { inChunks, views } from "./rows.ts";
import { installedVersion } from "./version.ts";

export function createUsearch(setup: Setup, scalar: "f32" | "f16"): Peer<Matches> {
  const { metric, dim, count, base, queries, k } = setup;
  const folder = mkdtempSync(join(tmpdir(), "nearvec-usearch-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "index");
  const make = (ef: number): Index =>
    new usearch.Index({
      dimensions: dim,
      metric: metric === "cosine" ? usearch.MetricKind.Cos : usearch.MetricKind.L2sq,
      quantization: scalar === "f32" ? usearch.ScalarKind.F32 : usearch.ScalarKind.F16,
      connectivity: GRAPH.m,
      expansion_add: GRAPH.efConstruction,
      expansion_search: ef,
      multi: false,
    });
  let index = make(64);
  let isSaved = false;
  const viewed = new Map<number, Index>();
  const points = views(queries, dim, 0, queries.length / dim);
  return {
    version: installedVersion("usearch"),
    async build(stopwatch) {
      await inChunks(
        stopwatch,
        count,
        1000,
        (first, size) => ({
          keys: BigUint64Array.from({ length: size }, (_, i) => BigInt(first + i)),
          vectors: base.subarray(first * dim, (first + size) * dim),
        }),
        ({ keys, vectors }) => index.add(keys, vectors, 1),
      );
    },
    setEf(ef) {
      if (!isSaved) {
        index.save(path);
        isSaved = true;
      }
      const known = viewed.get(ef);
      index = known ?? make(ef);
      if (known) return;
      index.view(path); // as fast as load, and all of them share the pages
      viewed.set(ef, index);
    },
    search: (query) => index.search(points[query] as Float32Array, k, 1),
    rows: ({ keys }) => Array.from(keys, Number),
  };
}
