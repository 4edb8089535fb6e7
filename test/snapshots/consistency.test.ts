/** A snapshot is what a collection was at one moment, whatever is written and indexed meanwhile. */
import { expect, test, vi } from "vitest";
import { NearvecClient } from "../../src/client/client.ts";
import { Collections } from "../../src/client/collections.ts";
import { runtimeSurroundings } from "../../src/collection/surroundings.ts";
import { loadCore } from "../../src/core/load.ts";
import { open } from "../../src/index.ts";
import { randomBatch } from "../client/support.ts";
import { Chance } from "../conformance/model/chance.ts";
import { everything } from "../conformance/model/reads.ts";
import { creation, modelOf, type Setup } from "../conformance/model/run.ts";
import { NAMED } from "../conformance/model/setups.ts";
import { type Model, sortedIds } from "../conformance/model/writes.ts";
import { type Client, untyped } from "../conformance/support.ts";
import { clientOn } from "../journal/simulation/client.ts";
import { History } from "../journal/simulation/history.ts";
import { FaultyDisk, openFaulty } from "../storage/faulty.ts";
import { fill } from "./support.ts";

const PLAIN: Setup = { spaces: { "": { kind: "dense", size: 4, distance: "Dot" } }, ids: 60 };

const core = await loadCore();
const inMemory = async () => untyped<Client>(new NearvecClient(new Collections(core, runtimeSurroundings())));
const onDisk = (seed: number) => async () =>
  (await clientOn(await openFaulty(new FaultyDisk({ seed })))).client;

/** Which state, of those between two numbers of changes, the bytes are. */
async function stateIn(
  bytes: Uint8Array,
  after: (changes: number) => Model,
  from: number,
  to: number,
): Promise<number> {
  await using client = untyped<Client & AsyncDisposable>(await open({ snapshot: bytes }));
  const { points } = await client.scroll("c", { limit: 100_000, with_payload: false });
  const found = points.map(({ id }) => String(id)).join();
  const differences: unknown[] = [];
  for (let changes = from; changes <= to; changes++) {
    const model = after(changes);
    if (sortedIds(model).join() !== found) continue;
    try {
      await everything(client, model);
      return changes;
    } catch (error) {
      differences.push(error);
    }
  }
  throw new Error(`none of the states after ${from} to ${to} changes`, { cause: differences[0] });
}

test.each([
  ["one vector, in memory", PLAIN, () => inMemory, 1],
  ["one vector, in a store", PLAIN, onDisk, 2],
  ["vectors of all kinds, in memory", { ...NAMED, floating: [], ids: 40 } as Setup, () => inMemory, 3],
  ["vectors of all kinds, in a store", { ...NAMED, floating: [], ids: 40 } as Setup, onDisk, 4],
])("%s", async (_, setup, connect, seed) => {
  let snapshots = 0;
  for (let round = 0; round < 3; round++) {
    const chance = new Chance(seed * 100 + round);
    await using client = await connect(seed * 100 + round)();
    await client.createCollection("c", untyped(creation(setup)));
    const history = new History(() => modelOf(setup));
    let acknowledged = 0;
    const answers: Promise<void>[] = [];
    const write = () => {
      const { write: each } = history.write(chance.below(2 ** 31));
      const { length } = history;
      const answer = each.send(client).then(
        () => undefined,
        (error: { code?: string }) => {
          if (error.code !== "POINT_NOT_FOUND") throw error;
        },
      );
      const note = () => {
        acknowledged = Math.max(acknowledged, length);
      };
      answers.push(answer.then(note));
    };
    const taken: Promise<{ bytes: Uint8Array; from: number; to: number }>[] = [];
    const take = async () => {
      const from = acknowledged;
      const made = await client.createSnapshot("c");
      const to = history.length;
      const file = await untyped<NearvecClient>(client).downloadSnapshot("c", made?.name ?? "");
      return { bytes: await file.bytes(), from, to };
    };
    for (let step = 0; step < 60; step++) {
      for (let left = chance.between(0, 4); left > 0; left--) write();
      if (chance.is(0.06)) taken.push(take());
      // Indexing, rebuilds and snapshots have their turns.
      if (chance.is(0.5)) await new Promise((resolve) => setImmediate(resolve));
    }
    taken.push(take());
    await Promise.all(answers);
    const all = await Promise.all(taken);
    snapshots += all.length;
    for (const { bytes, from, to } of all)
      await stateIn(bytes, (changes) => history.after(changes), from, to);
  }
  expect(snapshots).toBeGreaterThan(6);
});

test("the graph of a large collection grows, points come and go, and each snapshot is of one moment", async () => {
  await using client = await open();
  await client.createCollection("c", { vectors: { size: 8, distance: "Euclid" } });
  // Each write replaces all points of a stripe with a new label: a moment has no stripe with two.
  const stripes = 20;
  const perStripe = 200;
  const { vectors } = randomBatch(stripes * perStripe, 8, 3);
  const upsert = (stripe: number, label: number) => {
    const ids = Uint32Array.from({ length: perStripe }, (_, i) => stripe * perStripe + i);
    const own = vectors.subarray(stripe * perStripe * 8, (stripe + 1) * perStripe * 8).map((x) => x + label);
    const payloads = Array.from({ length: perStripe }, () => ({ label }));
    return client.upsert("c", { batch: { ids, vectors: own, payloads } });
  };
  let isOver = false;
  const written: number[] = new Array(stripes).fill(0);
  for (let stripe = 0; stripe < stripes; stripe++) await upsert(stripe, 0);
  const writing = (async () => {
    for (let label = 1; !isOver; label++) {
      for (let stripe = 0; stripe < stripes && !isOver; stripe++) {
        await upsert(stripe, label);
        written[stripe] = label;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  })();
  for (let i = 0; i < 6; i++) {
    const least = [...written];
    const { name } = await client.createSnapshot("c");
    const most = [...written];
    await using copy = await open({ snapshot: await client.downloadSnapshot("c", name) });
    expect((await copy.count("c")).count).toBe(stripes * perStripe);
    const found: number[] = [];
    for (let stripe = 0; stripe < stripes; stripe++) {
      const ids = Array.from({ length: perStripe }, (_, each) => stripe * perStripe + each);
      const points = await copy.retrieve("c", { ids, with_vector: true });
      const seen = new Set(points.map(({ payload }) => payload?.label as number));
      expect(seen.size).toBe(1);
      const [label = -1] = seen;
      expect(label).toBeGreaterThanOrEqual(least[stripe] as number);
      expect(label).toBeLessThanOrEqual((most[stripe] as number) + 1);
      const [first] = points;
      const at = stripe * perStripe * 8;
      const kept = Float32Array.from(first?.vector as number[]);
      expect(kept).toEqual(vectors.subarray(at, at + 8).map((x) => x + label));
      found.push(label);
    }
    // Stripes are written in their order.
    expect(found).toEqual(found.toSorted((a, b) => b - a));
    // Approximate searches find what exact ones do: the graph is whole.
    let hits = 0;
    for (let at = 0; at < 400; at += 8) {
      const query = vectors.slice(at, at + 8);
      const ids = async (params: object) =>
        (await copy.query("c", { query, limit: 5, params })).points.map(({ id }) => id);
      const exact = new Set(await ids({ exact: true }));
      hits += (await ids({ hnsw_ef: 200 })).filter((id) => exact.has(id)).length;
    }
    expect(hits).toBeGreaterThan(0.95 * 50 * 5);
  }
  isOver = true;
  await writing;
});

test("a checkpoint after a snapshot is as small as without one", async () => {
  const disk = new FaultyDisk({ seed: 5 });
  const { client, keeper } = await clientOn(await openFaulty(disk));
  await client.createCollection("c", { vectors: { size: 16, distance: "Dot" } });
  const { ids, vectors } = randomBatch(5000, 16, 4);
  await client.upsert("c", untyped({ batch: { ids, vectors } }));
  await untyped<NearvecClient>(client).waitForIndex("c");
  const written = async (run: () => Promise<unknown>) => {
    const before = disk.bytesWritten;
    await run();
    return disk.bytesWritten - before;
  };
  const change = async (id: number) => {
    await client.setPayload("c", { payload: { changed: id }, points: [id], wait: true });
    await client.upsert("c", {
      points: [{ id: 5000 + id, vector: Array.from({ length: 16 }, () => id) }],
      wait: true,
    });
    await untyped<NearvecClient>(client).waitForIndex("c");
  };
  await keeper.checkpoint("c");
  await change(1);
  const usual = await written(() => keeper.checkpoint("c"));
  await change(2);
  const full = await written(() => client.createSnapshot("c"));
  const after = await written(() => keeper.checkpoint("c"));
  expect(full).toBeGreaterThan(5000 * 16 * 4);
  expect(after).toBeLessThan(usual * 1.5);
  expect(after).toBeLessThan(full / 20);
  // And the change is in it.
  await client[Symbol.asyncDispose]();
  const again = await clientOn(await openFaulty(disk.restart(1)));
  expect((await again.client.retrieve("c", { ids: [2] }))[0]?.payload).toEqual({ changed: 2 });
  expect((await again.client.count("c")).count).toBe(5002);
  await again.client[Symbol.asyncDispose]();
});

test("readers see what was before or what comes, and nothing else", async () => {
  await using client = await open();
  const make = async (label: string, count: number) => {
    await client.createCollection(label, { vectors: { size: 4, distance: "Dot" } });
    const { ids, vectors } = randomBatch(count, 4, 1);
    const payloads = Array.from(ids, () => ({ label }));
    await client.upsert(label, { batch: { ids, vectors, payloads } });
    return client.downloadSnapshot(label, (await client.createSnapshot(label)).name);
  };
  // So many that a filter is answered in several slices.
  const files = [await make("old", 20_000), await make("new", 15_000)] as const;
  await client.uploadSnapshot("c", files[0]);
  let isOver = false;
  const seen = new Set<string>();
  const reading = async () => {
    while (!isOver) {
      const count = (label: string) => ({ filter: { must: [{ key: "label", match: { value: label } }] } });
      const { count: old } = await client.count("c", count("old"));
      seen.add(`old ${old}`);
      const { count: all } = await client.count("c", {
        filter: { must_not: [{ key: "label", match: { value: "x" } }] },
      });
      seen.add(`all ${all}`);
      await client.query("c", {
        query: [1, 2, 3, 4],
        limit: 3,
        filter: { must_not: [{ key: "label", match: { value: "x" } }] },
      });
    }
  };
  const readers = Array.from({ length: 4 }, reading);
  for (let i = 1; i < 200 && seen.size < 4; i++) {
    await client.uploadSnapshot("c", files[i % 2] as (typeof files)[0]);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  isOver = true;
  await Promise.all(readers);
  expect([...seen].sort()).toEqual(["all 15000", "all 20000", "old 0", "old 20000"]);
});

test("what was replaced is closed when nobody reads it any more, and takes no writes", async () => {
  const collections = new Collections(core, runtimeSurroundings());
  await using client = new NearvecClient(collections);
  await fill(client, "c", 30_000);
  const file = await client.downloadSnapshot("c", (await client.createSnapshot("c")).name);
  const old = collections.get("c");
  const count = client.count("c", { filter: { must_not: [{ key: "label", match: { value: "x" } }] } });
  expect(old.slicing.watchers.size).toBe(1);
  await client.uploadSnapshot("c", file);
  expect(collections.get("c")).not.toBe(old);
  const write = async () => old.log?.ready();
  await expect(write()).rejects.toMatchObject({
    code: "CLOSED",
    message: expect.stringContaining("replaced"),
  });
  expect(await count).toEqual({ count: 30_000 });
  await vi.waitFor(() => expect(old.slicing.closed()).toMatchObject({ code: "CLOSED" }));
});

test("what is written while another state comes goes into that, or into what was before, or is refused", async () => {
  const disk = new FaultyDisk({ seed: 9 });
  const { client: kept } = await clientOn(await openFaulty(disk));
  const client = untyped<NearvecClient>(kept);
  await fill(client, "c", 300);
  const file = await client.downloadSnapshot("c", (await client.createSnapshot("c")).name);
  let isOver = false;
  const errors = new Set<string>();
  /** Points that were acknowledged since the last recovery was. */
  let acknowledged = new Set<number>();
  const writing = (async () => {
    for (let id = 1000; !isOver; id++) {
      const mine = acknowledged;
      await client.upsert("c", { points: [{ id, vector: [1, 2, 3, 4] }] }).then(
        () => mine.add(id),
        (error) => errors.add(error.code),
      );
    }
  })();
  for (let i = 0; i < 20; i++) {
    await client.uploadSnapshot("c", file);
    acknowledged = new Set();
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    const ids = [...acknowledged];
    expect(await client.retrieve("c", { ids })).toHaveLength(ids.length);
  }
  isOver = true;
  await writing;
  for (const code of errors) expect(code).toBe("CLOSED");
  const { points } = await client.scroll("c", { limit: 100_000 });
  await kept[Symbol.asyncDispose]();
  const again = await clientOn(await openFaulty(disk.restart(1)));
  expect((await again.client.scroll("c", { limit: 100_000 })).points).toEqual(points);
  await again.client[Symbol.asyncDispose]();
});

test("a collection that goes away takes a snapshot of all with it, and not half of itself", async () => {
  await using client = await open();
  await fill(client, "a", 30_000);
  await fill(client, "b", 30_000);
  const making = client.createFullSnapshot();
  making.catch(() => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  await client.deleteCollection("b");
  await expect(making).rejects.toMatchObject({
    code: "CLOSED",
    message: expect.stringContaining('"b" was deleted'),
  });
  expect(await client.listFullSnapshots()).toEqual([]);
  await client.createFullSnapshot();
});
