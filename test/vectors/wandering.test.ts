import { expect, test } from "vitest";
import { loadCore } from "../../src/core/load.ts";
import { DenseSpace } from "../../src/vectors/dense-space.ts";
import { random } from "../core/support.ts";

const core = await loadCore();

/** Clusters of independent random values: as hard as it gets for a graph. */
function clustered(count: number, size: number, clusters: number, seed: number): Float32Array {
  const next = random(seed);
  const normal = () => next() + next() + next() + next() - 2;
  const centres = Array.from({ length: clusters }, () => Float32Array.from({ length: size }, () => normal()));
  return Float32Array.from(
    { length: count * size },
    (_, i) => ((centres[Math.floor(i / size) % clusters] as Float32Array)[i % size] as number) + normal(),
  );
}

test("queries far from all that a filter allows find what a scan finds", () => {
  const [count, size, clusters] = [6000, 128, 10];
  const space = DenseSpace.create(core, { size, distance: "Euclid", m: 16, efConstruct: 60, seed: 1 });
  const rows = clustered(count, size, clusters, 1);
  space.reserve(count, count);
  for (let i = 0; i < count; i++) space.put(i, rows, i * size);
  while (space.tailCount > 0) space.indexSome(1e7);
  // Half the clusters are allowed; the queries come from the others.
  const allowed = new Uint32Array(Math.ceil(count / 32));
  for (let i = 0; i < count; i++) {
    if (i % clusters < 5) allowed[i >>> 5] = (allowed[i >>> 5] as number) | (1 << (i & 31));
  }
  const queries = clustered(400, size, clusters, 1 /* the same centres */);
  let found = 0;
  let asked = 0;
  for (let q = 0; q < 400; q++) {
    if (q % clusters < 5) continue;
    const query = queries.slice(q * size, (q + 1) * size).map((x, i) => x + 0.01 * (i % 7));
    const options = { limit: 10, ef: 20, exact: false, allowed };
    const exact = space.search(query, { ...options, exact: true });
    const truth = new Set(exact.offsets);
    found += [...space.search(query, options).offsets].filter((offset) => truth.has(offset)).length;
    asked += 10;
  }
  expect(found / asked).toBeGreaterThan(0.95);
});
