/** Lives of processes that write to a folder, each ended by SIGKILL, and what is found after each. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { serialize } from "node:v8";
import { QdrantClient } from "@qdrant/js-client-rest";
import { open } from "../../../src/index.ts";
import { COMPILED, start } from "../../cli/processes.ts";
import { Chance } from "../../conformance/model/chance.ts";
import { type Client, untyped } from "../../conformance/support.ts";
import { OWNERS, type Owned, Owner, SHARED } from "./owners.ts";
import { Event, REPORTS_TO, type Report, ReportReader } from "./reports.ts";
import { Administrator, copyOf } from "./settings.ts";
import { BEGINNING, createAll, found, type Progress, type State, seedOf, WHO } from "./workload.ts";
import type { Job } from "./writer.ts";

/** Writes until it is killed, and answers how far everybody came. */
type Life = (
  folder: string,
  state: State,
  round: number,
  chance: Chance,
  tally: Tally,
) => Promise<Map<string, Progress>>;

/** What happened in all lives: so that a test can say that what it was after did happen. */
export interface Tally {
  kills: number;
  acknowledged: number;
  /** Kills before the store was open. */
  whileOpening: number;
  /** Kills after which a log had something that no checkpoint had. */
  replays: number;
  /** That were begun on request. */
  checkpoints: number;
}

/** Kills so often, and goes on with the same folder each time. A failure names seed and kill. */
export async function killAndCompare(live: Life, kills: number, seed: number): Promise<Tally> {
  const tally: Tally = { kills: 0, acknowledged: 0, whileOpening: 0, replays: 0, checkpoints: 0 };
  const folder = await mkdtemp(join(tmpdir(), "nearvec-kill-"));
  try {
    const client = untyped<Client>(await open({ path: folder }));
    await createAll(client);
    await client[Symbol.asyncDispose]();
    const chance = new Chance(seed);
    let state = BEGINNING;
    for (let kill = 1; kill <= kills; kill++) {
      const round = chance.below(2 ** 31);
      try {
        const progress = await live(folder, state, round, chance, tally);
        state = await after(folder, state, round, progress, chance.is(0.7), tally);
        tally.kills++;
        for (const { acknowledged } of progress.values()) tally.acknowledged += acknowledged;
      } catch (cause) {
        const how = `seed ${seed}, kill ${kill} of ${kills}; KILL_SEED=${seed} KILLS=${kill} does it again`;
        throw new Error(how, { cause });
      }
    }
    return tally;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param readOnly leaves recovery to the next life */
async function after(
  folder: string,
  state: State,
  round: number,
  progress: ReadonlyMap<string, Progress>,
  readOnly: boolean,
  tally: Tally,
): Promise<State> {
  const client = await open({ path: folder, readOnly });
  try {
    if (Object.keys(client.info().store?.recovered ?? {}).length > 0) tally.replays++;
    await client.waitForIndex(SHARED);
    return await found(untyped<Client>(client), state, round, progress);
  } finally {
    await client.close();
  }
}

function noProgress(): Map<string, Progress> {
  return new Map(WHO.map((who) => [who, { issued: 0, acknowledged: 0 }]));
}

// ── in process ─────────────────────────────────────────────────────────────────────────────────────────────

const writer = fileURLToPath(new URL("./writer.ts", import.meta.url));
/** A life that did not come to what it should have been killed at. */
const LONGEST_LIFE_MS = 1000;

/** When a life ends: so long after an event has happened so often. */
interface Moment {
  readonly event: Event;
  readonly times: number;
  readonly ms: number;
}

function aMoment(chance: Chance): Moment {
  return chance.one<Moment>(
    () => ({ event: Event.OPENING, times: 1, ms: chance.below(40) }),
    () => ({ event: Event.CHECKPOINT, times: chance.between(1, 3), ms: chance.below(12) }),
    () => ({ event: Event.CHECKPOINT, times: chance.between(1, 3), ms: chance.below(4) }),
    () => ({ event: Event.ISSUED, times: chance.between(1, 400), ms: 0 }),
    () => ({ event: Event.ACKNOWLEDGED, times: chance.between(1, 400), ms: chance.below(3) }),
  );
}

/** Of a process that writes by itself. */
export function inProcess(sync: Job["sync"], longest = LONGEST_LIFE_MS): Life {
  return async (folder, state, round, chance, tally) => {
    const job: Job = { folder, sync, round, state };
    const file = `${folder}.job`;
    await writeFile(file, serialize(job));
    const moment = aMoment(chance);
    const progress = noProgress();
    let isOpen = false;
    try {
      await lived(file, moment, longest, ({ event, who, count }) => {
        const own = progress.get(WHO[who] as string) as Progress;
        if (event === Event.OPENED) isOpen = true;
        else if (event === Event.ISSUED) own.issued = count;
        else if (event === Event.ACKNOWLEDGED) own.acknowledged = Math.max(own.acknowledged, count);
        else if (event === Event.CHECKPOINT) tally.checkpoints++;
      });
    } finally {
      await rm(file, { force: true });
    }
    if (!isOpen) tally.whileOpening++;
    return progress;
  };
}

/** Resolves when the process was killed, and all that it told was heard. */
function lived(job: string, moment: Moment, longest: number, hear: (report: Report) => void): Promise<void> {
  const child = spawn(process.execPath, [writer, job], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    env: { ...process.env, ...COMPILED },
  });
  let err = "";
  (child.stderr as Readable).setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const reader = new ReportReader();
  let left = moment.times;
  let timer: ReturnType<typeof setTimeout> | undefined;
  (child.stdio[REPORTS_TO] as Readable).on("data", (piece: Uint8Array) => {
    for (const report of reader.read(piece)) {
      hear(report);
      if (report.event === Event.OPENED) timer ??= setTimeout(() => child.kill("SIGKILL"), longest);
      if (report.event !== moment.event || --left !== 0) continue;
      if (moment.ms === 0) child.kill("SIGKILL");
      else setTimeout(() => child.kill("SIGKILL"), moment.ms);
    }
  });
  return killed(child, () => err).finally(() => clearTimeout(timer));
}

function killed(child: ChildProcess, err: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (signal === "SIGKILL") resolve();
      else reject(new Error(`ended by itself, with ${code ?? signal}:\n${err()}`));
    });
  });
}

// ── through a server ───────────────────────────────────────────────────────────────────────────────────────

/** Of a server with several callers in this process. */
export async function throughServer(
  folder: string,
  state: State,
  round: number,
  chance: Chance,
  tally: Tally,
): Promise<Map<string, Progress>> {
  const progress = noProgress();
  const server = start(["serve", "--port", "0", "--path", folder]);
  const whileOpening = chance.is(0.15);
  const answers = chance.between(1, 150);
  // Long enough for the checkpointer to look around, now and then.
  const most = chance.is(0.3) ? 2500 : 800;
  try {
    if (whileOpening) {
      tally.whileOpening++;
      await new Promise((done) => setTimeout(done, chance.between(100, 300)));
    } else {
      const out = await server.until("Data is");
      const url = /http:\/\/\S+?:\d+/.exec(out)?.[0] ?? "";
      await callers(url, state, round, progress, answers, most);
    }
    server.process.kill("SIGKILL");
    const { code, err } = await server.finished;
    if (code !== null) throw new Error(`ended by itself, with ${code}:\n${err}`);
  } finally {
    await server[Symbol.asyncDispose]();
  }
  return progress;
}

/** Calls until so many answers have come, or some time is over; leaves off in the middle. */
async function callers(
  url: string,
  state: State,
  round: number,
  progress: Map<string, Progress>,
  answers: number,
  most: number,
): Promise<void> {
  let left = answers;
  let isOver = false;
  let end = () => {};
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  const timer = setTimeout(end, most);
  const work = async (who: string, next: () => (client: Client) => Promise<unknown>) => {
    const client = untyped<Client>(new QdrantClient({ url, checkCompatibility: false }));
    const own = progress.get(who) as Progress;
    while (!isOver) {
      const send = next();
      own.issued++;
      try {
        await send(client);
      } catch (error) {
        // Whoever calls a server that is gone has no answer.
        if (isOver) return;
        throw error;
      }
      own.acknowledged++;
      if (--left <= 0) end();
    }
  };
  const owners = Array.from({ length: OWNERS }, (_, number) => {
    const who = `owner ${number}`;
    const own = new Owner(number, seedOf(round, who), new Map(state.owned[number] as Owned));
    return work(who, () => own.next());
  });
  const administrator = new Administrator(seedOf(round, "settings"), copyOf(state.settings));
  const all = Promise.all([...owners, work("settings", () => administrator.next())]);
  // What was sent by now may still be under way when the server is killed.
  await Promise.race([over, all]);
  clearTimeout(timer);
  isOver = true;
  all.catch(() => undefined);
}
