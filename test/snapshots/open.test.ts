/** Engines that are opened from the bytes of a snapshot. */
import { createHash } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { open } from "../../src/index.ts";
import { encodeFrame, FORMAT, Frame, frameBytes } from "../../src/journal/frame.ts";
import { rejection, stateOf, untyped } from "../client/support.ts";
import { fill, labels, snapshotOf } from "./support.ts";

const bytes = await snapshotOf(async (client) => {
  await fill(client, "a", 2000);
  await client.waitForIndex("a");
  await fill(client, "b", 10);
  await client.createPayloadIndex("a", { field_name: "id", field_schema: "integer", wait: true });
  await client.updateCollectionAliases({
    actions: [{ create_alias: { alias_name: "x", collection_name: "a" } }],
  });
});

function misaligned(): Uint8Array {
  const all = new Uint8Array(bytes.length + 3);
  all.set(bytes, 3);
  return all.subarray(3);
}

function shared(): Uint8Array {
  const all = new Uint8Array(new SharedArrayBuffer(bytes.length));
  all.set(bytes);
  return all;
}

const ranges = () => ({
  size: bytes.length,
  read: async (from: number, length: number) => bytes.slice(from, from + length),
});

test.each([
  ["bytes", () => bytes],
  ["bytes at any place", misaligned],
  ["bytes that threads share", shared],
  ["an ArrayBuffer", () => bytes.buffer],
  ["ranges", ranges],
] as const)("%s: all of it is there, and the bytes are as they were", async (_, source) => {
  await using original = await open();
  await original.uploadFullSnapshot(bytes);
  const copy = bytes.slice();
  await using client = await open({ snapshot: source() });
  expect(bytes).toEqual(copy);
  expect((await client.getCollections()).collections.map(({ name }) => name).sort()).toEqual(["a", "b"]);
  expect(await client.getAliases()).toEqual({ aliases: [{ alias_name: "x", collection_name: "a" }] });
  for (const name of ["a", "b"]) expect(await stateOf(client, name)).toEqual(await stateOf(original, name));
  const query = { query: [0.3, -0.2, 0.9, 0.1], limit: 20 };
  expect(await client.query("x", query)).toEqual(await original.query("a", query));
  expect((await client.getCollection("a")).indexed_vectors_count).toBe(2000);
  const filter = { must: [{ key: "id", range: { lt: 100 } }] };
  expect(await client.count("x", { filter })).toEqual({ count: 100 });
  expect((await client.explain("a", { ...query, filter })).points).toHaveLength(20);
});

test("it says what it is", async () => {
  await using client = await open({ snapshot: bytes });
  expect(client.info().store).toEqual({
    kind: "bytes",
    path: "the given snapshot",
    readOnly: true,
    sync: "never",
    recovered: {},
  });
});

test("it can be opened many times, and its bytes reused once it is open", async () => {
  const mine = bytes.slice();
  await using first = await open({ snapshot: mine });
  await using second = await open({ snapshot: mine });
  mine.fill(0);
  expect(await labels(first, "a")).toEqual([2000, "a"]);
  expect(await labels(second, "x")).toEqual([2000, "a"]);
});

describe("every change is refused", async () => {
  const client = await open({ snapshot: bytes });
  const calls: Record<string, () => Promise<unknown>> = {
    createCollection: () => client.createCollection("new", { vectors: { size: 4, distance: "Dot" } }),
    recreateCollection: () => client.recreateCollection("a", { vectors: { size: 4, distance: "Dot" } }),
    updateCollection: () => client.updateCollection("a", { hnsw_config: { m: 8 } }),
    deleteCollection: () => client.deleteCollection("a"),
    updateCollectionAliases: () =>
      client.updateCollectionAliases({ actions: [{ delete_alias: { alias_name: "x" } }] }),
    createPayloadIndex: () =>
      client.createPayloadIndex("a", { field_name: "label", field_schema: "keyword" }),
    deletePayloadIndex: () => client.deletePayloadIndex("a", "id"),
    createVectorName: () => client.createVectorName("a", "more", { dense: { size: 2, distance: "Dot" } }),
    deleteVectorName: () => client.deleteVectorName("a", ""),
    upsert: () => client.upsert("a", { points: [{ id: 1, vector: [1, 2, 3, 4] }] }),
    "upsert without waiting": () =>
      client.upsert("a", { points: [{ id: 1, vector: [1, 2, 3, 4] }], wait: false }),
    delete: () => client.delete("a", { points: [1] }),
    "delete by a filter": () => client.delete("a", { filter: {} }),
    updateVectors: () => client.updateVectors("a", { points: [{ id: 1, vector: [1, 2, 3, 4] }] }),
    deleteVectors: () => client.deleteVectors("a", { points: [1], vector: [""] }),
    setPayload: () => client.setPayload("a", { payload: { a: 1 }, points: [1] }),
    overwritePayload: () => client.overwritePayload("a", { payload: { a: 1 }, points: [1] }),
    deletePayload: () => client.deletePayload("a", { keys: ["id"], points: [1] }),
    clearPayload: () => client.clearPayload("a", { points: [1] }),
    batchUpdate: () => client.batchUpdate("a", { operations: [{ delete: { points: [1] } }] }),
    createSnapshot: () => client.createSnapshot("a"),
    createFullSnapshot: () => client.createFullSnapshot(),
    recoverSnapshot: () => client.recoverSnapshot("a", { location: "x.snapshot" }),
    uploadSnapshot: () => client.uploadSnapshot("a", bytes),
    "uploadSnapshot of a stream": () => client.uploadSnapshot("a", new Blob([bytes]).stream()),
    uploadFullSnapshot: () => client.uploadFullSnapshot(bytes),
    recoverFullSnapshot: () => client.recoverFullSnapshot({ location: "x.snapshot" }),
  };
  test.each(Object.keys(calls))("%s", async (name) => {
    const state = async () => [
      await stateOf(client, "a"),
      await client.getCollections(),
      await client.getAliases(),
      (await client.getCollection("a")).payload_schema,
    ];
    const before = await state();
    const error = await rejection(calls[name] as () => Promise<unknown>);
    expect(error.code, error.message).toBe("READ_ONLY");
    expect(await state()).toEqual(before);
  });

  test("it has no snapshots of its own", async () => {
    expect(await client.listFullSnapshots()).toEqual([]);
    expect(await client.listSnapshots("a")).toEqual([]);
  });

  test("and it closes", async () => {
    await client.close();
    expect(await rejection(() => client.count("a"))).toMatchObject({ code: "CLOSED" });
  });
});

test("what is no snapshot is refused", async () => {
  const calls: [options: object, code: string][] = [
    [{ snapshot: "bytes" }, "INVALID_ARGUMENT"],
    [{ snapshot: { size: -1, read: ranges().read } }, "INVALID_ARGUMENT"],
    [{ snapshot: new Blob([bytes]).stream() }, "INVALID_ARGUMENT"],
    [{ snapshot: bytes, path: "/tmp/anywhere" }, "INVALID_ARGUMENT"],
    [{ snapshot: new Uint8Array(0) }, "DAMAGED"],
    [{ snapshot: new Uint8Array(100) }, "DAMAGED"],
    [{ snapshot: bytes.subarray(0, bytes.length - 1) }, "DAMAGED"],
    [{ snapshot: bytes.subarray(0, bytes.length >> 1) }, "DAMAGED"],
    [{ snapshot: { size: 100, read: () => Promise.reject(new Error("offline")) } }, "STORAGE_FAILED"],
    [{ snapshot: { size: bytes.length, read: async () => new Uint8Array(3) } }, "STORAGE_FAILED"],
  ];
  for (const [options, code] of calls) {
    const error = await rejection(() => open(untyped(options)));
    expect(error.code, error.message).toBe(code);
  }
});

test("what somebody made up is refused, whatever it says", async () => {
  const size = frameBytes(bytes, 0) as number;
  const saying = (content: unknown) => {
    const text = new TextEncoder().encode(typeof content === "string" ? content : JSON.stringify(content));
    const frame = encodeFrame({ kind: Frame.SNAPSHOT, part: 0, a: 0, b: FORMAT }, text);
    return Buffer.concat([frame, bytes.subarray(size)]);
  };
  const names = ["a", "b"];
  const right = await open({ snapshot: saying({ collections: names, aliases: [["x", "a"]] }) });
  await right.close();
  const calls: [content: unknown, code: string][] = [
    ["{", "DAMAGED"],
    [null, "DAMAGED"],
    [{ aliases: [] }, "DAMAGED"],
    [{ collections: names }, "DAMAGED"],
    [{ collections: ["a", 5], aliases: [] }, "DAMAGED"],
    [{ collections: ["a", "a"], aliases: [] }, "DAMAGED"],
    [{ collections: names, aliases: [["x"]] }, "DAMAGED"],
    [{ collections: names, aliases: [["x", "elsewhere"]] }, "DAMAGED"],
    [{ collections: ["a", ""], aliases: [] }, "INVALID_NAME"],
    [{ collections: ["a", "b/../c"], aliases: [] }, "INVALID_NAME"],
    [{ collections: names, aliases: [["x/y", "a"]] }, "INVALID_NAME"],
  ];
  for (const [content, code] of calls) {
    const error = await rejection(() => open({ snapshot: saying(content) }));
    expect(error.code, error.message).toBe(code);
  }
  const head = encodeFrame({ kind: Frame.HEAD, part: 0, a: 0, b: 0 }, new TextEncoder().encode("{}"));
  const error = await rejection(() => open({ snapshot: Buffer.concat([bytes.subarray(0, size), head]) }));
  expect(error.code, error.message).toBe("DAMAGED");
});

test("every flipped bit is noticed", async () => {
  const small = await snapshotOf((client) => fill(client, "c", 3));
  await using original = await open({ snapshot: small });
  const state = await stateOf(original, "c");
  let noticed = 0;
  for (let bit = 0; bit < small.length * 8; bit += 3) {
    const flipped = small.slice();
    const at = bit >> 3;
    flipped[at] = (flipped[at] as number) ^ (1 << (bit & 7));
    const client = await open({ snapshot: flipped }).catch((error) => {
      expect(error.code, `bit ${bit}: ${error.message}`).toBe("DAMAGED");
      noticed++;
    });
    // Of what pads a frame to a multiple of 8 nobody reads anything.
    if (client) expect(await stateOf(client, "c"), `bit ${bit}`).toEqual(state);
    await client?.close();
  }
  expect(noticed).toBeGreaterThan((small.length * 8) / 3 / 1.2);
});

test("where the runtime has no checksums and hashes of its own, as in browsers", async () => {
  const { getBuiltinModule } = process;
  process.getBuiltinModule = (() => undefined) as typeof getBuiltinModule;
  vi.resetModules();
  try {
    const { open: openElsewhere } = await import("../../src/index.ts");
    expect(openElsewhere).not.toBe(open);
    await using client = await openElsewhere({ snapshot: bytes });
    expect(await labels(client, "b")).toEqual([10, "b"]);
    await using writable = await openElsewhere();
    await writable.uploadFullSnapshot(bytes);
    const { checksum, name } = await writable.createFullSnapshot();
    const made = await (await writable.downloadFullSnapshot(name)).bytes();
    expect(createHash("sha256").update(made).digest("hex")).toBe(checksum);
    await expect(openElsewhere({ snapshot: made.subarray(8) })).rejects.toMatchObject({ code: "DAMAGED" });
  } finally {
    process.getBuiltinModule = getBuiltinModule;
  }
});
