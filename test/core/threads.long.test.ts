import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { compile } from "../../build/core.mjs";
import { Accept, LAYOUT, METRIC, NONE } from "../../src/core/abi.ts";
import { clustered, type TestingExports } from "./support.ts";

/**
 * The shared-memory build is not published yet; this shows that the same source holds up under threads: two builders
 * insert while this thread appends, deletes and searches.
 */
test("two builders insert into one graph while this thread appends, deletes and searches", async () => {
  const [count, size, m] = [30_000, 24, 8];
  const bytes = await compile("core.shared.relaxed.wasm", { entry: "assembly/testing.ts" });
  const module = await WebAssembly.compile(new Uint8Array(bytes));
  const memory = new WebAssembly.Memory({ initial: 4, maximum: 65536, shared: true });
  const core = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as TestingExports;
  expect(core.init(size, METRIC.Euclid, m, 64, 3, 65536)).toBe(0);
  expect(core.attach()).toBe(0);

  const stop = new SharedArrayBuffer(4);
  const workers = [0, 1].map(
    () =>
      new Worker(new URL("./builder.worker.ts", import.meta.url), { workerData: { module, memory, stop } }),
  );
  const seats = await Promise.all(
    workers.map(async (worker) => (await once(worker, "message"))[0].seat as number),
  );
  expect(seats.sort()).toEqual([1, 2]);

  const vectors = clustered(count, size, 5);
  const cursor = () => Atomics.load(new Uint32Array(memory.buffer), LAYOUT.H_CURSOR >>> 2);
  const ask = (query: Float32Array, answer: () => number) => {
    new Float32Array(memory.buffer, core.queryAddress(), size).set(query);
    const found = answer();
    const pairs = new Uint32Array(
      memory.buffer.slice(core.resultsAddress(), core.resultsAddress() + found * 8),
    );
    return [...pairs.filter((_, i) => i % 2 === 0)];
  };
  let appended = 0;
  let searches = 0;
  let right = 0;
  while (cursor() < count) {
    if (appended < count) {
      expect(core.reserve(100)).toBe(0);
      for (let i = 0; i < 100; i++, appended++) {
        const address = core.append(appended);
        new Float32Array(memory.buffer, address, size).set(
          vectors.subarray(appended * size, (appended + 1) * size),
        );
        core.seal();
      }
      if (appended % 1000 === 0) core.kill(appended - 7);
    }
    const at = (searches * 97) % appended;
    const query = vectors.subarray(at * size, (at + 1) * size);
    const hits = ask(query, () => core.search(10, 64, Accept.LIVE));
    expect(new Set(hits).size).toBe(10);
    for (const offset of hits) expect(offset).toBeLessThan(appended);
    const exact = new Set(ask(query, () => core.scan(10, Accept.LIVE)));
    right += hits.filter((offset) => exact.has(offset)).length;
    searches++;
    if (searches % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(right / searches / 10).toBeGreaterThan(0.95);

  const ended = workers.map((worker) => once(worker, "exit"));
  Atomics.store(new Int32Array(stop), 0, 1);
  Atomics.notify(new Int32Array(stop), 0);
  await Promise.all(ended);

  // All is in the graph: a search is no scan.
  const before = core.distancesComputed();
  ask(vectors.subarray(0, size), () => core.search(10, 64, Accept.LIVE));
  expect(core.distancesComputed() - before).toBeLessThan(count / 5);

  // Every link valid, none twice, no lock left, and every live node reached.
  const words = new Uint32Array(memory.buffer);
  const links = (slot: number) => {
    const at = core.linksOn(slot, 0) >>> 2;
    const list = words.slice(at, at + core.linkCapacity(0));
    const end = list.indexOf(NONE);
    return end < 0 ? list : list.subarray(0, end);
  };
  const reached = new Uint8Array(count);
  const open = [Number(core.loadEntry() & 0xffffffffn)];
  for (let slot = open.pop(); slot !== undefined; slot = open.pop()) {
    if (reached[slot]) continue;
    reached[slot] = 1;
    const list = links(slot);
    expect(new Set(list).size).toBe(list.length);
    for (const to of list) {
      expect(to).toBeLessThan(count);
      expect(to).not.toBe(slot);
      open.push(to);
    }
  }
  const lost = reached.filter((yes, slot) => !yes && core.offsetOf(slot) >>> 0 !== NONE).length;
  expect(lost).toBeLessThan(count * 0.001);
  for (let slot = 0; slot < count; slot++) expect(words[(core.metaAddress(slot) + 4) >>> 2]).toBe(0);
});
