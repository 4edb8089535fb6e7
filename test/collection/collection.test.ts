import { expect, test } from "vitest";
import { WRITES, type WriteName } from "../../src/client/changes.ts";
import { formsOf } from "../../src/client/forms-of.ts";
import { parseCreateCollection } from "../../src/client/validate-collection.ts";
import { parseWrite } from "../../src/client/validate-write.ts";
import { Background } from "../../src/collection/background.ts";
import { Collection } from "../../src/collection/collection.ts";
import type { NamedSpace } from "../../src/collection/named-space.ts";
import { decodeOperation } from "../../src/collection/operation.ts";
import { OperationEncoder } from "../../src/collection/operation-encoder.ts";
import { partialChanges } from "../../src/collection/partial-changes-on-demand.ts";
import { loadCore } from "../../src/core/load.ts";
import { IdColumn } from "../../src/points/id-column.ts";
import { randomRows } from "../client/support.ts";
import { Puppet } from "./support.ts";

await partialChanges.load();

const SIZE = 8;
const core = await loadCore();
const puppet = new Puppet();
const background = new Background(puppet);

function collection(): Collection {
  const config = parseCreateCollection({
    vectors: { size: SIZE, distance: "Euclid" },
    hnsw_config: { full_scan_threshold: 10, m: 8 },
  });
  return new Collection(core, config, background, puppet);
}

const encoder = new OperationEncoder();
const forms = formsOf(collection());

function encode(name: WriteName, request: unknown): Uint8Array {
  const [operation] = parseWrite(WRITES[name], request, forms, encoder).operations;
  if (!(operation instanceof Uint8Array)) throw new Error("one operation was expected");
  return operation.slice();
}

function upsert(first: number, count: number, seed: number): Uint8Array {
  const ids = Uint32Array.from({ length: count }, (_, i) => first + i);
  const payloads = Array.from({ length: count }, (_, i) => (i % 3 === 0 ? { i } : null));
  return encode("upsert", { batch: { ids, vectors: randomRows(count, SIZE, seed), payloads } });
}

function remove(...points: number[]): Uint8Array {
  return encode("delete", { points });
}

const OPERATIONS = [
  upsert(0, 500, 1),
  remove(3, 4, 5, 999),
  upsert(2, 4, 2),
  upsert(490, 300, 3),
  remove(0),
  encode("set_payload", { points: [7, 8, 9, 700], payload: { a: { b: 1 }, i: null } }),
  encode("set_payload", { points: [8], payload: { c: 2 }, key: "a.b[]" }),
  encode("overwrite_payload", { points: [10, 11], payload: { o: null } }),
  encode("delete_payload", { points: [7, 10], keys: ["a.b", "nothing"] }),
  encode("clear_payload", { points: [9, 12] }),
  encode("update_vectors", { points: [{ id: 20, vector: randomRows(1, SIZE, 4) }] }),
  encode("delete_vectors", { points: [21, 22], vector: [""] }),
  encode("upsert", {
    points: [
      { id: 20, vector: {} },
      { id: 3, vector: {} },
    ],
    update_mode: "insert_only",
  }),
  encode("upsert", {
    points: [
      { id: 23, vector: {} },
      { id: 5000, vector: {} },
    ],
    update_mode: "update_only",
  }),
];

function unnamed({ spaces }: Collection): NamedSpace {
  const space = spaces.get("");
  if (space === undefined) throw new Error("there is no unnamed vector");
  return space;
}

function vectorOf(of: Collection, offset: number) {
  return unnamed(of).space.get(offset);
}

/** Everything that can be read of a collection. */
function contents(of: Collection): unknown {
  return Array.from(of.ids.from(undefined, of.count), (offset) => ({
    offset,
    id: of.ids.idAt(offset),
    version: of.versionOf(offset),
    vector: vectorOf(of, offset),
    payload: new TextDecoder().decode(of.payloads.getBytes(offset)),
  }));
}

test("applying the same operations gives the same collection, down to offsets and versions", () => {
  const first = collection();
  const second = collection();
  for (const bytes of OPERATIONS) first.submit(bytes);
  // As a log would replay them.
  OPERATIONS.forEach((bytes, index) => {
    second.apply(index + 1, second.prepare(decodeOperation(bytes)));
  });
  expect(contents(second)).toEqual(contents(first));
  expect(first.count).toBe(790 - 1);
  expect(vectorOf(first, first.ids.find(IdColumn.one(23, "id"), 0))).toBeUndefined();
});

test("equal operations and equal slices build equal graphs", async () => {
  const build = async () => {
    const built = collection();
    for (const bytes of OPERATIONS) built.submit(bytes);
    while (unnamed(built).space.tailCount > 0) await puppet.turn();
    return built;
  };
  const [first, second] = [await build(), await build()];
  const query = randomRows(1, SIZE, 9);
  for (const ef of [10, 40]) {
    const found = [first, second].map((each) => unnamed(each).search(query, { limit: 10, ef, exact: false }));
    expect(found[0]?.hits).toEqual(found[1]?.hits);
  }
});

test("operations are numbered one after the other", () => {
  const fresh = collection();
  expect(OPERATIONS.map((bytes) => fresh.submit(bytes))).toEqual(OPERATIONS.map((_, i) => i + 1));
});

test("a point keeps its offset; that of a deleted one may be taken by another, which has nothing of it", () => {
  const points = collection();
  points.submit(upsert(0, 3, 1));
  const offsetOf = (id: number) => points.ids.find(IdColumn.one(id, "id"), 0);
  const kept = offsetOf(1);
  const freed = offsetOf(0);
  points.submit(remove(0));
  points.submit(
    encode("upsert", {
      points: [
        { id: 77, vector: {} },
        { id: 1, vector: [0, 0, 0, 0, 0, 0, 0, 0] },
      ],
    }),
  );
  expect(offsetOf(1)).toBe(kept);
  expect(offsetOf(77)).toBe(freed);
  expect(vectorOf(points, freed)).toBeUndefined();
  expect(points.payloads.getBytes(freed)).toBeUndefined();
});

test("closing tells why, and gives the memory back", async () => {
  const doomed = collection();
  doomed.submit(upsert(0, 500, 1));
  const waiting = expect(doomed.whenIndexed()).rejects.toMatchObject({
    code: "CLOSED",
    message: expect.stringContaining("it went"),
  });
  doomed.close("it went");
  await waiting;
  expect(doomed.memory.vectors).toBeLessThan(10_000);
});
