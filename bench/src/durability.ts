/**
 * What it takes to keep data: opening what is kept, syncs that writers share, checkpoints and what they disturb, and how much
 * slower writes are. On the disk of this checkout, and where it matters on a storage in memory whose syncs take 5 ms.
 */

import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { open } from "../../src/client/open.ts";
import { journalledOf } from "../../src/collection/persistence/journalled-collection.ts";
import { Journal } from "../../src/journal/journal.ts";
import { openFiles } from "../../src/storage/files.ts";
import { openMemory } from "../../src/storage/memory.ts";
import { loadWords } from "../data/words.mjs";
import type { Recovered } from "./durability/child.ts";
import {
  batchOf,
  COLLECTION,
  indexedStore,
  LONG_LOG,
  newFolder,
  PLAIN,
  type Store,
  type Sync,
  storeOn,
  type Words,
} from "./durability/stores.ts";
import { Watch, watched } from "./durability/watched-storage.ts";
import { longestStall } from "./measure/stall.ts";
import { median, quantile } from "./measure/statistics.ts";
import { ReportFiles } from "./report/files.ts";
import { machineLine } from "./report/machine.ts";
import { figure, megabytes, percent, table, times } from "./report/markdown.ts";

const { values: flags } = parseArgs({
  options: {
    count: { type: "string", default: "100000" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "2" },
    only: { type: "string", default: "" },
  },
});
const COUNT = Number(flags.count);
const ROUNDS = Number(flags.rounds);
const SECONDS = Number(flags.seconds);
/** Of the injected sync, in milliseconds. */
const SYNC = 5;
const WRITERS = 16;
const CHANGED = 0.01;

type Row = readonly [what: string, measured: string, bar: string];
const rows: Row[] = [];

function report(...row: Row): void {
  rows.push(row);
  console.error(`${row.join("   ")}   (load ${loadavg()[0]?.toFixed(1)})`);
}

const child = fileURLToPath(new URL("./durability/child.ts", import.meta.url));

function recovered(folder: string, ...more: string[]): Recovered {
  const { stdout, stderr, status } = spawnSync(process.execPath, [child, "recover", folder, ...more], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const ms = (list: readonly number[]) => `${figure(median(list))} ms (least ${figure(Math.min(...list))})`;

// ── opening ────────────────────────────────────────────────────────────────────────────────────────────────

async function recovery(): Promise<void> {
  const folder = await indexedStore(COUNT);
  const all = Array.from({ length: ROUNDS + 2 }, () => recovered(folder));
  if (all.some(({ points, indexed }) => points !== COUNT || indexed !== COUNT))
    throw new Error(`not all is there: ${JSON.stringify(all[0])}`);
  const wall = all.map(({ opening, query }) => opening + query);
  report("open to first answer, a new process, checkpointed", ms(wall), "< 1,000 ms");
  report("… of CPU", ms(all.map(({ cpu }) => cpu)), "");
  report("… of that the first query", ms(all.map(({ query }) => query)), "");
  rmSync(folder, { recursive: true });
}

async function replay(batch: number): Promise<void> {
  const folder = newFolder();
  const { signal, stderr } = spawnSync(
    process.execPath,
    [child, "fill", folder, String(COUNT), String(batch)],
    {
      encoding: "utf8",
    },
  );
  if (signal !== "SIGKILL") throw new Error(stderr);
  // Only read: or else it would be checkpointed before the second round.
  const all = Array.from({ length: ROUNDS }, () => recovered(folder, "readOnly"));
  for (const { points, replayed } of all) {
    if (points !== COUNT || replayed !== Math.ceil(COUNT / batch)) throw new Error("not all was replayed");
  }
  const rate = (list: readonly number[]) => `${figure((COUNT / median(list)) * 1000)}/s`;
  report(
    `replay of ${COUNT.toLocaleString("en")} upserts, ${batch} a record`,
    `${rate(all.map(({ opening }) => opening))} (of CPU: ${rate(all.map(({ cpu }) => cpu))})`,
    "≥ 50,000/s",
  );
  rmSync(folder, { recursive: true });
}

// ── writers ────────────────────────────────────────────────────────────────────────────────────────────────

async function emptyStore(store: Store, { dim }: Words): Promise<void> {
  await store.client.createCollection(COLLECTION, {
    vectors: { size: dim, distance: "Cosine" },
    ...PLAIN,
    ...LONG_LOG,
  });
}

interface Load {
  /** Of writes. */
  readonly perSecond: number;
  readonly syncs: number;
  readonly writes: number;
}

/** Writers that each wait for their answers, with so many points in a write. */
async function load(store: Store, words: Words, writers: number, batch: number, watch: Watch): Promise<Load> {
  const { client } = store;
  let writes = 0;
  let from = 0;
  watch.reset();
  const began = performance.now();
  const until = began + SECONDS * 1000;
  await Promise.all(
    Array.from({ length: writers }, async () => {
      while (performance.now() < until) {
        from = from + batch >= words.ranks.length ? 0 : from + batch;
        await client.upsert(COLLECTION, { batch: batchOf(words, from, from + batch) });
        writes++;
      }
    }),
  );
  const perSecond = (writes / (performance.now() - began)) * 1000;
  return { perSecond, syncs: watch.syncs, writes };
}

async function writersOn(words: Words, where: "memory" | "disk"): Promise<void> {
  const watch = new Watch();
  const folder = newFolder();
  const storage = where === "memory" ? await openMemory() : await openFiles(folder);
  const store = await storeOn(watched(storage, watch));
  await emptyStore(store, words);
  watch.delay = where === "memory" ? SYNC : 0;
  const runs: { one: Load; many: Load }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const one = await load(store, words, 1, 1, watch);
    const many = await load(store, words, WRITERS, 1, watch);
    runs.push({ one, many });
  }
  await store.client.close();
  rmSync(folder, { recursive: true });
  const place = where === "memory" ? `syncs of ${SYNC} ms` : "the disk";
  const of = (pick: (run: (typeof runs)[number]) => number) => median(runs.map(pick));
  report(
    `${WRITERS} writers against one, ${place}`,
    `${times(of(({ one, many }) => many.perSecond / one.perSecond))} (${figure(of(({ one }) => one.perSecond))}/s, ${figure(of(({ many }) => many.perSecond))}/s)`,
    where === "memory" ? "≥ 8×" : "",
  );
  report(
    `… syncs for a write: one writer, ${WRITERS} writers`,
    `${of(({ one }) => one.syncs / one.writes).toFixed(3)}, ${of(({ many }) => many.syncs / many.writes).toFixed(3)}`,
    "",
  );
}

// ── checkpoints ────────────────────────────────────────────────────────────────────────────────────────────

/** Puts one of a hundred words anew, with another's vector. */
async function changeSome({ client }: Store, { words, vectors, dim, ranks }: Words): Promise<void> {
  const every = Math.round(1 / CHANGED);
  for (let at = 0; at < COUNT; at += every) {
    const from = ((at + every) % COUNT) * dim;
    const point = {
      id: ranks[at] as number,
      vector: vectors.subarray(from, from + dim),
      payload: { word: words[at], changed: true },
    };
    await client.upsert(COLLECTION, { points: [point] });
  }
  await client.waitForIndex(COLLECTION);
}

/** Single writes, one after the other, until `over`; answers what each took in milliseconds. */
async function writing({ client }: Store, words: Words, over: Promise<unknown>): Promise<number[]> {
  const took: number[] = [];
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  over.then(end, end);
  for (let at = 1; !isOver; at = (at + 7919) % COUNT) {
    const began = performance.now();
    await client.upsert(COLLECTION, { batch: batchOf(words, at, at + 1) });
    took.push(performance.now() - began);
    // Nothing makes it wait otherwise, and nobody else would ever have a turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return took;
}

async function checkpoints(words: Words): Promise<void> {
  const folder = await indexedStore(COUNT);
  const watch = new Watch();
  const storage = watched(await openFiles(folder), watch);
  // What a sync takes is the disk's affair.
  const store = await storeOn(storage, "never");
  const full = (await storage.list("collections/1"))
    .filter(({ name }) => name.startsWith("checkpoint-"))
    .reduce((sum, { size }) => sum + size, 0);
  const written = () => watch.bytes.get("checkpoint") ?? 0;
  const changing = async (what: string, change: () => Promise<unknown>, bar: string) => {
    await change();
    watch.reset();
    const began = performance.now();
    await store.keeper.checkpoint(COLLECTION);
    const took = performance.now() - began;
    report(
      `checkpoint after ${what}`,
      `${megabytes(written())} MB of ${megabytes(full)} MB: ${((written() / full) * 100).toFixed(1)} %, ${figure(took)} ms`,
      bar,
    );
  };
  const share = percent(CHANGED);
  const ids = Array.from(words.ranks).filter((rank) => rank % Math.round(1 / CHANGED) === 0);
  await changing(
    `new payloads of ${share}`,
    () => store.client.setPayload(COLLECTION, { points: ids, payload: { seen: true } }),
    "≤ 10 %",
  );
  await changing(`new vectors and payloads of ${share}`, () => changeSome(store, words), "≤ 10 %");
  const idle = await longestStall(() => new Promise((resolve) => setTimeout(resolve, 1000)));
  const { collections } = store;
  const turn = () => new Promise<void>((resolve) => void collections.surroundings.schedule(resolve, true));
  const options = { sync: "never", interval: 1000, turn } as const;
  let took: number[] = [];
  watch.reset();
  const began = performance.now();
  const stall = await longestStall(async () => {
    const collection = collections.get(COLLECTION);
    // A journal that has nothing yet begins with a checkpoint of everything.
    const other = Journal.create(storage, "collections/other", options, journalledOf(collection));
    took = await writing(store, words, other);
    await (await other).close();
  });
  const all = performance.now() - began;
  const before = await quiet(store, words);
  report(
    "checkpoint of everything, with writes meanwhile",
    `${megabytes(written())} MB in ${figure(all)} ms`,
    "",
  );
  report(
    "… longest stall of the event loop: wall / computed",
    `${figure(stall.wall, 1)} / ${figure(stall.cpu, 1)} ms (nothing to do: ${figure(idle.wall, 1)} / ${figure(idle.cpu, 1)})`,
    "tens of ms",
  );
  const latency = (list: readonly number[]) =>
    `${figure(Math.max(...list), 1)} ms (99 %: ${figure(quantile(list, 0.99), 1)}, half: ${figure(median(list), 2)}; ${list.length})`;
  report("… longest write", latency(took), "tens of ms");
  report("… without a checkpoint", latency(before), "");
  await storage.remove("collections/other");
  await store.client.close();
  rmSync(folder, { recursive: true });
}

function quiet(store: Store, words: Words): Promise<number[]> {
  return writing(store, words, new Promise((resolve) => setTimeout(resolve, 1000)));
}

async function closing(words: Words): Promise<void> {
  for (const [what, change] of [
    ["nothing changed", async () => undefined],
    ["1 % changed", (store: Store) => changeSome(store, words)],
  ] as const) {
    const folder = await indexedStore(COUNT);
    const store = await storeOn(await openFiles(folder));
    await change(store);
    const began = performance.now();
    await store.client.close();
    report(`close, ${what}`, `${figure(performance.now() - began)} ms`, "");
    rmSync(folder, { recursive: true });
  }
}

// ── throughput ─────────────────────────────────────────────────────────────────────────────────────────────

async function throughput(words: Words, batch: number, writers: number): Promise<void> {
  const syncs: readonly (Sync | "memory")[] = ["memory", "always", "interval", "never"];
  const folders = new Map<string, string>();
  const stores = new Map<string, Store>();
  for (const sync of syncs) {
    const folder = newFolder();
    folders.set(sync, folder);
    const store = sync === "memory" ? undefined : await storeOn(await openFiles(folder), sync);
    const client = store?.client ?? (await open());
    stores.set(sync, (store ?? { client }) as Store);
    await emptyStore(stores.get(sync) as Store, words);
  }
  const rates = new Map(syncs.map((sync) => [sync, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const sync of syncs) {
      // What the others left to the system is not this one's to wait for.
      spawnSync("sync");
      const { perSecond } = await load(stores.get(sync) as Store, words, writers, batch, new Watch());
      rates.get(sync)?.push(perSecond * batch);
    }
  }
  const memory = rates.get("memory") as number[];
  for (const sync of syncs) {
    const own = rates.get(sync) as number[];
    const ratio = median(own.map((rate, i) => rate / (memory[i] as number)));
    report(
      `points a second, ${batch} in a write, ${writers === 1 ? "one writer" : `${writers} writers`}: ${sync === "memory" ? "in memory" : `sync ${sync}`}`,
      `${figure(median(own))}${sync === "memory" ? "" : ` (${ratio.toFixed(2)} of that)`}`,
      "",
    );
    await stores.get(sync)?.client.close();
    rmSync(folders.get(sync) as string, { recursive: true });
  }
}

const files = new ReportFiles("durability");
const words = loadWords({ count: COUNT });
const PARTS: Record<string, () => Promise<void>> = {
  recovery,
  replay: async () => {
    await replay(100);
    await replay(1);
  },
  writers: async () => {
    await writersOn(words, "memory");
    await writersOn(words, "disk");
  },
  checkpoints: () => checkpoints(words),
  closing: () => closing(words),
  throughput: async () => {
    await throughput(words, 100, 1);
    await throughput(words, 1, 1);
    await throughput(words, 1, WRITERS);
  },
};
for (const [name, part] of Object.entries(PARTS)) if (name.includes(flags.only)) await part();

const text = [
  `Keeping ${COUNT.toLocaleString("en")} words (d = ${words.dim}, with payloads, m 16, ef_construct 200); medians of ${ROUNDS} rounds`,
  "",
  table(["", "measured", "wanted"], rows),
  "",
  machineLine(files.machine),
].join("\n");
console.log(`${text}\n\n${files.writeResults(rows)}`);
files.write("md", `${text}\n`);
