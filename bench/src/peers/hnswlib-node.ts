/** hnswlib-node: hnswlib as a native addon. Takes only number[]; has a callback as filter. */

import hnswlib, { type SearchResult } from "hnswlib-node";
import { GRAPH, type Peer, type Setup } from "./protocol.ts";
import { inChunks, numberRows } from "./rows.ts";
import { installedVersion } from "./version.ts";

export function create({ metric, dim, count, base, queries, k, allowed }: Setup): Peer<SearchResult> {
  const index = new hnswlib.HierarchicalNSW(metric, dim);
  const points = numberRows(queries, dim);
  const filter = allowed && ((label: number) => allowed[label] === 1);
  return {
    version: installedVersion("hnswlib-node"),
    async build(stopwatch) {
      stopwatch.start();
      index.initIndex(count, GRAPH.m, GRAPH.efConstruction, 100);
      stopwatch.stop();
      const rows = Array.from({ length: 250 }, () => new Array<number>(dim).fill(0));
      await inChunks(
        stopwatch,
        count,
        rows.length,
        (first, size) => {
          const chunk = rows.slice(0, size);
          chunk.forEach((row, i) => {
            for (let j = 0; j < dim; j++) row[j] = base[(first + i) * dim + j] as number;
          });
          return chunk;
        },
        (chunk, first) => {
          for (let i = 0; i < chunk.length; i++) index.addPoint(chunk[i] as number[], first + i);
        },
      );
    },
    setEf: (ef) => index.setEf(ef),
    search: filter
      ? (query) => index.searchKnn(points[query] as number[], k, filter)
      : (query) => index.searchKnn(points[query] as number[], k),
    rows: ({ neighbors }) => neighbors,
  };
}
