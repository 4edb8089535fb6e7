import { expect, test } from "vitest";
import type { SpaceConfig } from "../../src/vectors/config.ts";
import { createSpace } from "../../src/vectors/kinds/index.ts";
import { sparseCore } from "../../src/vectors/kinds/sparse-core.ts";
import type { Rows, StoredVector } from "../../src/vectors/rows.ts";
import { testingCore } from "../core/support.ts";
import { denseRows, multiRows, multiVector } from "./support.ts";

const core = await testingCore("core.relaxed.wasm");
await sparseCore.load();
const dense = { size: 2, distance: "Dot" as const, m: 4, efConstruct: 8, seed: 1 };

test.each<[SpaceConfig, Rows, StoredVector]>([
  [
    { ...dense, kind: "dense", datatype: "uint8" },
    denseRows(
      [
        [1.5, 0],
        [0, 2],
      ],
      2,
    ),
    Float32Array.of(0, 2),
  ],
  [
    { ...dense, kind: "multi", datatype: "float16" },
    multiRows(
      [
        [[1, 0]],
        [
          [1, 0],
          [0, 2],
        ],
      ],
      2,
    ),
    multiVector(
      [
        [1, 0],
        [0, 2],
      ],
      2,
    ),
  ],
  [
    { kind: "sparse", datatype: "float32", idf: false, seed: 1 },
    {
      type: "sparse",
      count: 2,
      ends: Uint32Array.of(1, 3),
      indices: Uint32Array.of(7, 7, 9),
      values: Float32Array.of(1, 1, 2),
    },
    { indices: Uint32Array.of(7, 9), values: Float32Array.of(1, 2) },
  ],
])("a space of $kind vectors of $datatype stores, finds and gives back", (config, rows, second) => {
  const space = createSpace(core, config);
  space.reserveRows(rows, 2);
  space.store(0, rows, 0);
  space.store(1, rows, 1);
  expect(space.get(1)).toEqual(second);
  const hits = space.search(second, { limit: 1, ef: 8, exact: false });
  expect([...hits.offsets]).toEqual([1]);
  expect(space.remove(1)).toBe(true);
  expect([space.has(1), space.liveCount]).toEqual([false, 1]);
  space.close();
});
