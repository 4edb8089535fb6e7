/** Snapshots as programs use them, of clients in memory and in folders. */
import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";
import { rejection, stateOf, untyped } from "../client/support.ts";
import { fill, labels } from "./support.ts";

let folder: string;
let number = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nearvec-snapshots-"));
});
afterAll(() => rm(folder, { recursive: true }));

const newPath = () => join(folder, String(++number));

describe.each([
  ["in memory", () => open()],
  ["in a folder", () => open({ path: newPath() })],
] as const)("%s", (_, connect) => {
  test("a snapshot is described, listed and deleted", async () => {
    await using client = await connect();
    await fill(client, "c", 50);
    expect(await client.listSnapshots("c")).toEqual([]);
    const made = await client.createSnapshot("c");
    expect(made).toEqual({
      name: expect.stringMatching(/^c-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d\.snapshot$/),
      creation_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
      size: expect.any(Number),
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const file = await client.downloadSnapshot("c", made.name);
    const bytes = await file.bytes();
    expect([file.name, file.size, file.checksum]).toEqual([made.name, made.size, made.checksum]);
    expect(bytes.length).toBe(made.size);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(made.checksum);
    expect(await new Response(file.stream()).bytes()).toEqual(bytes);
    expect(await client.listSnapshots("c")).toEqual([made]);
    expect(await client.listFullSnapshots()).toEqual([]);
    expect(await client.deleteSnapshot("c", made.name)).toBe(true);
    expect(await client.listSnapshots("c")).toEqual([]);
    for (const call of [
      () => client.deleteSnapshot("c", made.name),
      () => client.downloadSnapshot("c", made.name),
      () => client.recoverSnapshot("c", { location: made.name }),
      () => file.bytes(),
    ]) {
      expect(await rejection(call)).toMatchObject({ code: "SNAPSHOT_NOT_FOUND", status: 404 });
    }
  });

  test("several of one second have names of their own", async () => {
    await using client = await connect();
    await fill(client, "c", 5);
    const made = await Promise.all(Array.from({ length: 5 }, () => client.createSnapshot("c")));
    expect(new Set(made.map(({ name }) => name)).size).toBe(5);
    const listed = await client.listSnapshots("c");
    expect(listed).toEqual(made.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
  });

  test("recovering brings back what was", async () => {
    await using client = await connect();
    await fill(client, "c", 300);
    await client.createPayloadIndex("c", { field_name: "label", field_schema: "keyword", wait: true });
    await client.waitForIndex("c");
    await client.updateCollectionAliases({
      actions: [{ create_alias: { collection_name: "c", alias_name: "also" } }],
    });
    const before = await stateOf(client, "c");
    const schema = (await client.getCollection("c")).payload_schema;
    const { name, checksum } = await client.createSnapshot("also");
    await client.delete("c", { filter: {} });
    await client.deletePayloadIndex("c", "label");
    await client.upsert("c", { points: [{ id: 7, vector: [1, 2, 3, 4] }] });
    expect(await client.recoverSnapshot("c", { location: name, checksum: checksum ?? "" })).toBe(true);
    expect(await stateOf(client, "c")).toEqual(before);
    expect((await client.getCollection("c")).payload_schema).toEqual(schema);
    expect(await client.getAliases()).toEqual({ aliases: [{ alias_name: "also", collection_name: "c" }] });
    // It can be changed like any other, and is searched by its graph.
    await client.upsert("also", { points: [{ id: 999, vector: [100, 100, 100, 100] }] });
    const { points } = await client.query("c", { query: [1, 1, 1, 1], limit: 1 });
    expect(points[0]?.id).toBe(999);
  });

  test("recovering makes what isn't there, under any name, and replaces what has another form", async () => {
    await using client = await connect();
    await fill(client, "c", 20);
    const { name } = await client.createSnapshot("c");
    const file = await client.downloadSnapshot("c", name);
    await client.createCollection("wide", { vectors: { size: 99, distance: "Cosine" } });
    for (const other of ["new", "wide"]) {
      await client.uploadSnapshot(other, file);
      expect(await labels(client, other)).toEqual([20, "c"]);
    }
    await client.deleteCollection("c");
    expect(await client.listSnapshots("c")).toHaveLength(1);
    await client.recoverSnapshot("c", { location: name });
    expect(await labels(client, "c")).toEqual([20, "c"]);
  });

  test("bytes come in many ways", async () => {
    await using client = await connect();
    await fill(client, "c", 20);
    const { name, checksum } = await client.createSnapshot("c");
    const file = await client.downloadSnapshot("c", name);
    const bytes = await file.bytes();
    const misaligned = new Uint8Array(bytes.length + 3);
    misaligned.set(bytes, 3);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    const small = new Blob([bytes]).stream().pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          for (let at = 0; at < chunk.length; at += 13) controller.enqueue(chunk.slice(at, at + 13));
        },
      }),
    );
    const all = [
      bytes,
      misaligned.subarray(3),
      shared,
      bytes.buffer,
      new Blob([bytes]),
      file.stream(),
      file,
      small,
    ];
    for (const [i, each] of all.entries()) {
      await client.uploadSnapshot(`c${i}`, each, { checksum: checksum?.toUpperCase() ?? "" });
      expect(await labels(client, `c${i}`)).toEqual([20, "c"]);
    }
    expect(await file.bytes()).toEqual(bytes);
  });

  test("all at once: collections with their aliases", async () => {
    await using client = await connect();
    await fill(client, "a", 10, "old");
    await fill(client, "b", 10, "old");
    const alias = (alias_name: string, collection_name: string) =>
      client.updateCollectionAliases({ actions: [{ create_alias: { alias_name, collection_name } }] });
    await alias("x", "a");
    const { name } = await client.createFullSnapshot();
    expect(name).toMatch(/^full-snapshot-.*\.snapshot$/);
    expect(await client.listFullSnapshots()).toHaveLength(1);
    expect(await client.listSnapshots("a")).toEqual([]);
    await client.setPayload("a", { payload: { label: "new" }, filter: {} });
    await client.deleteCollection("b");
    await fill(client, "other", 3);
    await alias("x", "other");
    await alias("y", "a");
    expect(await client.recoverFullSnapshot({ location: name })).toBe(true);
    expect(await labels(client, "a")).toEqual([10, "old"]);
    expect(await labels(client, "b")).toEqual([10, "old"]);
    expect(await labels(client, "other")).toEqual([3, "other"]);
    const { aliases } = await client.getAliases();
    expect(aliases.map((each) => [each.alias_name, each.collection_name]).sort()).toEqual([
      ["x", "a"],
      ["y", "a"],
    ]);
    const file = await client.downloadFullSnapshot(name);
    await client.setPayload("a", { payload: { label: "new" }, filter: {} });
    await client.uploadFullSnapshot(file.stream(), { checksum: file.checksum ?? "" });
    expect(await labels(client, "x")).toEqual([10, "old"]);
    expect(await client.deleteFullSnapshot(name)).toBe(true);
    expect(await client.listFullSnapshots()).toEqual([]);
  });

  test("a name is a collection's or an alias: what would make it both is refused", async () => {
    await using client = await connect();
    await fill(client, "a", 1);
    await client.updateCollectionAliases({
      actions: [{ create_alias: { alias_name: "x", collection_name: "a" } }],
    });
    const file = await client.createFullSnapshot().then(({ name }) => client.downloadFullSnapshot(name));
    await client.deleteCollection("a");
    await fill(client, "x", 2);
    const wrong = await rejection(() => client.uploadFullSnapshot(file));
    expect(wrong).toMatchObject({ code: "COLLECTION_EXISTS" });
    await client.updateCollectionAliases({
      actions: [{ create_alias: { alias_name: "a", collection_name: "x" } }],
    });
    expect(await rejection(() => client.uploadFullSnapshot(file))).toMatchObject({
      code: "COLLECTION_EXISTS",
    });
    expect((await client.getCollections()).collections).toEqual([{ name: "x" }]);
    expect(await labels(client, "a")).toEqual([2, "x"]);
  });

  test("a shard's are the collection's", async () => {
    await using client = await connect();
    await fill(client, "c", 5);
    const made = await client.createShardSnapshot("c", 0, { wait: true });
    expect(await client.listShardSnapshots("c", 0)).toEqual([made]);
    expect(await client.listSnapshots("c")).toEqual([made]);
    await client.clearPayload("c", { filter: {} });
    expect(await client.recoverShardFromSnapshot("c", 0, { location: made.name, wait: true })).toBe(true);
    expect(await labels(client, "c")).toEqual([5, "c"]);
    expect(await client.deleteShardSnapshot("c", 0, made.name)).toBe(true);
    expect(await rejection(() => client.createShardSnapshot("c", 1))).toMatchObject({
      code: "INVALID_ARGUMENT",
    });
  });

  test.each(["Ä", "ä", "WORDS", "words", "a.b c", ".", "..", "snapshots", "💡".repeat(255), "A".repeat(255)])(
    "a collection called %s has snapshots of its own",
    async (name) => {
      await using client = await connect();
      await fill(client, name, 3);
      await fill(client, "words2", 1);
      const made = await client.createSnapshot(name);
      expect(await client.listSnapshots(name)).toEqual([made]);
      expect(await client.listSnapshots("words2")).toEqual([]);
      expect(await client.listFullSnapshots()).toEqual([]);
      await client.clearPayload(name, { filter: {} });
      await client.recoverSnapshot(name, { location: made.name });
      expect(await labels(client, name)).toEqual([3, name]);
      await client.deleteSnapshot(name, made.name);
    },
  );

  test("names that share a beginning, or differ in capitals only, share nothing", async () => {
    await using client = await connect();
    const names = ["x", "X", "é", "É", `${"n".repeat(200)}a`, `${"n".repeat(200)}b`];
    for (const name of names) {
      await fill(client, name, 1);
      await client.createSnapshot(name);
    }
    for (const name of names) {
      const [made, ...rest] = await client.listSnapshots(name);
      expect(rest).toEqual([]);
      await client.recoverSnapshot("copy", { location: "x" }).catch(() => undefined);
      await client.uploadSnapshot("copy", await client.downloadSnapshot(name, made?.name ?? ""));
      expect(await labels(client, "copy")).toEqual([1, name]);
    }
  });

  test("a wrong request is refused, and changes nothing", async () => {
    await using client = await connect();
    await fill(client, "c", 5);
    await fill(client, "d", 5);
    const { name } = await client.createSnapshot("c");
    const full = await client.createFullSnapshot();
    const bytes = await (await client.downloadSnapshot("c", name)).bytes();
    const all = await client.downloadFullSnapshot(full.name);
    const before = [await stateOf(client, "c"), await client.getCollections()];
    const damaged = bytes.slice();
    damaged[bytes.length >> 1] = (damaged[bytes.length >> 1] as number) ^ 1;
    const calls: [() => Promise<unknown>, string][] = [
      [() => client.createSnapshot("none"), "COLLECTION_NOT_FOUND"],
      [() => client.listSnapshots("none"), "COLLECTION_NOT_FOUND"],
      [() => client.deleteSnapshot("none", "x"), "COLLECTION_NOT_FOUND"],
      [() => client.createSnapshot("a/b"), "INVALID_NAME"],
      [() => client.uploadSnapshot("a/b", bytes), "INVALID_NAME"],
      [() => client.createSnapshot("c", untyped({ wait: 1 })), "INVALID_ARGUMENT"],
      [() => client.createSnapshot("c", untyped({ what: 1 })), "INVALID_ARGUMENT"],
      [() => client.deleteSnapshot("c", untyped(undefined)), "INVALID_ARGUMENT"],
      [() => client.recoverSnapshot("c", untyped({})), "INVALID_ARGUMENT"],
      [() => client.recoverSnapshot("c", untyped({ location: name, priority: "x" })), "INVALID_ARGUMENT"],
      [() => client.recoverSnapshot("c", { location: name, checksum: "00" }), "INVALID_ARGUMENT"],
      [() => client.uploadSnapshot("c", bytes, { checksum: "00" }), "INVALID_ARGUMENT"],
      [() => client.uploadSnapshot("c", untyped("text")), "INVALID_ARGUMENT"],
      [() => client.uploadSnapshot("c", untyped(undefined)), "INVALID_ARGUMENT"],
      [
        () =>
          client.uploadSnapshot("c", untyped(new Response("x").body?.pipeThrough(new TextDecoderStream()))),
        "INVALID_ARGUMENT",
      ],
      [() => client.uploadSnapshot("c", all), "INVALID_ARGUMENT"],
      [() => client.uploadSnapshot("c", bytes.subarray(0, bytes.length - 8)), "DAMAGED"],
      [() => client.uploadSnapshot("c", bytes.subarray(0, 8)), "DAMAGED"],
      [() => client.uploadSnapshot("c", new Uint8Array(0)), "DAMAGED"],
      [() => client.uploadSnapshot("c", damaged), "DAMAGED"],
      [() => client.uploadSnapshot("c", new Blob([damaged]).stream()), "DAMAGED"],
      [() => client.uploadSnapshot("c", new Uint8Array([...bytes, ...bytes])), "DAMAGED"],
    ];
    for (const [call, code] of calls) {
      const error = await rejection(call);
      expect(error.code, `${call}: ${error.message}`).toBe(code);
    }
    expect([await stateOf(client, "c"), await client.getCollections()]).toEqual(before);
  });

  test("locations elsewhere are refused", async () => {
    await using client = await connect();
    await fill(client, "c", 1);
    const { name } = await client.createSnapshot("c");
    const refused: [location: string, code: string][] = [
      ["/etc/passwd", "STORAGE_DENIED"],
      ["file:///etc/passwd", "STORAGE_DENIED"],
      [`../${name}`, "STORAGE_DENIED"],
      ["..", "STORAGE_DENIED"],
      ["..\\x.snapshot", "STORAGE_DENIED"],
      ["file://localhost/etc/passwd", "STORAGE_DENIED"],
      ["C:\\x.snapshot", "STORAGE_DENIED"],
      ["http://localhost:6333/collections/c/snapshots/x", "NOT_SUPPORTED"],
      ["HTTPS://example.com/x", "NOT_SUPPORTED"],
      ["data:text/plain,x", "NOT_SUPPORTED"],
      ["file:///%", "INVALID_ARGUMENT"],
      ["none.snapshot", "SNAPSHOT_NOT_FOUND"],
      ["", "SNAPSHOT_NOT_FOUND"],
      [`${name}.checksum`, "SNAPSHOT_NOT_FOUND"],
    ];
    for (const [location, code] of refused) {
      const error = await rejection(() => client.recoverSnapshot("c", { location }));
      expect(error.code, `${location}: ${error.message}`).toBe(code);
    }
    for (const snapshot of ["..", "../x", `../c/${name}`, "a/b.snapshot", "\0.snapshot", "%2e%2e"]) {
      expect(await rejection(() => client.downloadSnapshot("c", snapshot))).toMatchObject({
        code: "SNAPSHOT_NOT_FOUND",
      });
      expect(await rejection(() => client.deleteSnapshot("c", snapshot))).toMatchObject({
        code: "SNAPSHOT_NOT_FOUND",
      });
    }
  });

  test("of a client that was closed there are none", async () => {
    const client = await connect();
    await fill(client, "c", 1);
    await client.close();
    for (const call of [
      () => client.createSnapshot("c"),
      () => client.createFullSnapshot(),
      () => client.listFullSnapshots(),
      () => client.recoverSnapshot("c", { location: "x" }),
      () => client.uploadFullSnapshot(new Uint8Array(8)),
    ]) {
      expect(await rejection(call)).toMatchObject({ code: "CLOSED" });
    }
  });
});

describe("in a folder", () => {
  test("snapshots stay, and a file put there is found by its URL", async () => {
    const path = newPath();
    let bytes: Uint8Array;
    let name: string;
    {
      await using client = await open({ path });
      await fill(client, "c", 5);
      ({ name } = await client.createSnapshot("c"));
      bytes = await (await client.downloadSnapshot("c", name)).bytes();
    }
    await using client = await open({ path });
    expect(await client.listSnapshots("c")).toMatchObject([{ name }]);
    const own = pathToFileURL(join(path, "snapshots", "c", name)).href;
    const put = join(path, "snapshots", "from-elsewhere");
    await writeFile(put, bytes);
    for (const location of [
      own,
      pathToFileURL(put).href,
      put,
      pathToFileURL(put).href.replace("//", "//localhost"),
    ]) {
      await client.clearPayload("c", { filter: {} });
      await client.recoverSnapshot("c", { location });
      expect(await labels(client, "c"), location).toEqual([5, "c"]);
    }
    // Out of the folder and back into it.
    const around = `${pathToFileURL(join(path, "snapshots")).href}/../snapshots/from-elsewhere`;
    for (const location of [around, around.replaceAll(".", "%2e"), pathToFileURL(path).href]) {
      expect(await rejection(() => client.recoverSnapshot("c", { location }))).toMatchObject({
        code: "STORAGE_DENIED",
      });
    }
    const folderItself = `${pathToFileURL(join(path, "snapshots")).href}/c`;
    const wrong = await rejection(() => client.recoverSnapshot("c", { location: folderItself }));
    expect(["STORAGE_FAILED", "SNAPSHOT_NOT_FOUND"]).toContain(wrong.code);
  });

  test("what was recovered is kept, and nothing else is", async () => {
    const path = newPath();
    {
      await using client = await open({ path });
      await fill(client, "c", 500);
      const { name } = await client.createSnapshot("c");
      await client.clearPayload("c", { filter: {} });
      await client.uploadSnapshot("c", (await client.downloadSnapshot("c", name)).stream());
      await client.setPayload("c", { payload: { more: 1 }, points: [3] });
    }
    await using client = await open({ path });
    expect(await labels(client, "c")).toEqual([500, "c"]);
    expect(await client.retrieve("c", { ids: [3] })).toMatchObject([{ payload: { label: "c", more: 1 } }]);
    expect(await readdir(join(path, "collections"))).toHaveLength(1);
    expect(await readdir(join(path, "snapshots", ".uploads"))).toEqual([]);
  });

  test("one that was cut off isn't listed, nor read", async () => {
    const path = newPath();
    await using client = await open({ path });
    await fill(client, "c", 5);
    const { name } = await client.createSnapshot("c");
    await rm(join(path, "snapshots", "c", `${name}.checksum`));
    expect(await client.listSnapshots("c")).toEqual([]);
    expect(await rejection(() => client.downloadSnapshot("c", name))).toMatchObject({
      code: "SNAPSHOT_NOT_FOUND",
    });
    const again = await client.createSnapshot("c");
    expect(again.name).not.toBe(name);
    expect(await client.deleteSnapshot("c", name)).toBe(true);
  });

  test("a store that is only read has its snapshots, and takes none", async () => {
    const path = newPath();
    {
      await using client = await open({ path });
      await fill(client, "c", 5);
      await client.createSnapshot("c");
    }
    await using client = await open({ path, readOnly: true });
    const [{ name } = { name: "" }] = await client.listSnapshots("c");
    const file = await client.downloadSnapshot("c", name);
    expect((await file.bytes()).length).toBe(file.size);
    for (const call of [
      () => client.createSnapshot("c"),
      () => client.deleteSnapshot("c", name),
      () => client.recoverSnapshot("c", { location: name }),
      () => client.uploadSnapshot("c", file),
    ]) {
      expect(await rejection(call)).toMatchObject({ code: "READ_ONLY" });
    }
    expect(await labels(client, "c")).toEqual([5, "c"]);
  });
});

describe("a collection that goes away while its snapshot is made", () => {
  const ends: readonly (readonly [string, (client: NearvecClient) => Promise<unknown>])[] = [
    ["is deleted", (client) => client.deleteCollection("c")],
    ["is closed with its client", (client) => client.close()],
  ];
  test.each(ends)("%s", async (_, end) => {
    for (const path of [undefined, newPath()]) {
      const client = await open(path === undefined ? {} : { path });
      await fill(client, "c", 20_000);
      const making = client.createSnapshot("c").then(
        () => "made",
        (error) => error.code as string,
      );
      await new Promise((resolve) => setImmediate(resolve));
      await end(client);
      expect(["made", "CLOSED", "STORAGE_FAILED"]).toContain(await making);
      await client.close();
    }
  });
});
