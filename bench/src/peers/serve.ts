/** The process of one peer: loads the data, then does what the benchmark asks, one request at a time. */

import { loadDataset } from "../data/datasets.ts";
import { randomMask } from "../data/random.ts";
import type { BuildFigures, Peer, PeerModule, Replies, Request, Stopwatch, Task } from "./protocol.ts";
import { ResidentMemory } from "./resident.ts";

const moduleName = process.argv[2];
let peer: Peer<unknown> | undefined;
let queryCount = 0;

class Clock implements Stopwatch {
  wallSeconds = 0;
  cpuSeconds = 0;
  #wall = 0n;
  #cpu = process.cpuUsage();
  readonly #onStop: (() => void) | undefined;

  constructor(onStop?: () => void) {
    this.#onStop = onStop;
  }

  start(): void {
    this.#cpu = process.cpuUsage();
    this.#wall = process.hrtime.bigint();
  }

  stop(): void {
    this.wallSeconds += Number(process.hrtime.bigint() - this.#wall) / 1e9;
    const { user, system } = process.cpuUsage(this.#cpu);
    this.cpuSeconds += (user + system) / 1e6;
    this.#onStop?.();
  }
}

function opened(): Peer<unknown> {
  if (!peer) throw new Error("the peer is not open");
  return peer;
}

async function open(task: Task): Promise<Replies["open"]> {
  const data = loadDataset(task.data);
  const allowed = task.filter && randomMask(data.count, task.filter.fraction, task.filter.seed);
  const { create } = (await import(`./${moduleName}.ts`)) as PeerModule;
  peer = (await create({ ...data, k: task.k, allowed })) as Peer<unknown>;
  queryCount = data.queryCount;
  return { version: peer.version, note: peer.note, exact: peer.exact ?? false };
}

async function build(): Promise<BuildFigures> {
  const memory = await ResidentMemory.begin();
  const clock = new Clock(() => memory.sample());
  await opened().build(clock);
  const { wallSeconds, cpuSeconds } = clock;
  return { wallSeconds, cpuSeconds, ...(await memory.added()), reportedBytes: opened().reportedBytes?.() };
}

async function answers(ef: number, count = queryCount): Promise<Replies["answers"]> {
  const current = opened();
  current.setEf(ef);
  const collected: unknown[] = [];
  const started = performance.now();
  for (let query = 0; query < count; query++) collected.push(await current.search(query));
  const seconds = (performance.now() - started) / 1000;
  return { answers: collected.map((answer) => Uint32Array.from(current.rows(answer))), seconds };
}

async function slice(ef: number, order: Uint32Array, warmUp: Uint32Array): Promise<Replies["slice"]> {
  const current = opened();
  current.setEf(ef);
  for (const query of warmUp) await current.search(query);
  const isAsync = current.search(order[0] ?? 0) instanceof Promise;
  const clock = new Clock();
  clock.start();
  // A synchronous search is never awaited: that would add a turn of the microtask queue to it.
  if (isAsync) for (const query of order) await current.search(query);
  else for (const query of order) void current.search(query);
  clock.stop();
  return { seconds: clock.wallSeconds, cpuSeconds: clock.cpuSeconds };
}

async function handle(request: Request): Promise<Replies[Request["op"]]> {
  switch (request.op) {
    case "open":
      return open(request.task);
    case "build":
      return build();
    case "answers":
      return answers(request.ef, request.count);
    case "slice":
      return slice(request.ef, request.order, request.warmUp);
    case "close":
      await peer?.close?.();
      return null;
  }
}

process.on("message", async (request: Request) => {
  try {
    process.send?.({ ok: true, value: await handle(request) });
  } catch (error) {
    process.send?.({ ok: false, error: error instanceof Error ? error.message : String(error) });
  }
  if (request.op === "close") process.disconnect();
});
process.on("disconnect", () => process.exit());
