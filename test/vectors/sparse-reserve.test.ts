import { expect, test } from "vitest";
import { sparseCore } from "../../src/vectors/kinds/sparse-core.ts";
import { SparseSpace } from "../../src/vectors/kinds/sparse-space.ts";
import type { SparseRows } from "../../src/vectors/rows.ts";

await sparseCore.load();
const core = { module: sparseCore.module };

function singles(indices: readonly number[]): SparseRows {
  return {
    type: "sparse",
    count: indices.length,
    ends: Uint32Array.from(indices, (_, i) => i + 1),
    indices: Uint32Array.from(indices),
    values: new Float32Array(indices.length).fill(1),
  };
}

test.each([1025, 2047, 2049, 4097, 8193, 16_385, 65_537])(
  "reserving for %i entries writes nowhere but in the place for that",
  (count) => {
    const space = SparseSpace.create(core, { kind: "sparse", idf: false, datatype: "float32", seed: 1 });
    const first = singles(Array.from({ length: 4096 }, () => 7));
    space.reserveRows(first, first.count);
    for (let i = 0; i < first.count; i++) space.store(i, first, i);
    const more = singles(Array.from({ length: count }, (_, i) => 4_000_000_000 + (i % 5)));
    space.reserveRows(more, first.count + count);
    for (let i = 0; i < first.count; i++) expect(space.get(i)?.indices).toEqual(Uint32Array.of(7));
    space.close();
  },
);
