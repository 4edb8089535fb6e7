/**
 * The process that is killed: opens a folder, and writes to it as fast as it can, in several places at once. Run with a file
 * that says what it goes on from; it tells what it does through a pipe.
 */
import { readFileSync, writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { deserialize } from "node:v8";
import { NearvecClient } from "../../../src/client/client.ts";
import { Collections } from "../../../src/client/collections.ts";
import type { Keeper } from "../../../src/client/keeper.ts";
import { openStore } from "../../../src/client/open-store.ts";
import { runtimeSurroundings } from "../../../src/collection/surroundings.ts";
import { loadCore } from "../../../src/core/load.ts";
import { Chance } from "../../conformance/model/chance.ts";
import { type Client, untyped } from "../../conformance/support.ts";
import { OWNERS, type Owned, Owner, SHARED } from "./owners.ts";
import { Event, encodeReport, REPORTS_TO } from "./reports.ts";
import { Administrator } from "./settings.ts";
import { historyOf, MODELLED, onCollection, type State, seedOf, WHO } from "./workload.ts";

export interface Job {
  readonly folder: string;
  readonly sync: "always" | "interval" | "never";
  readonly round: number;
  readonly state: State;
}

/** Changes of a modelled collection that are under way at once. */
const AT_ONCE = 4;

const job: Job = deserialize(readFileSync(process.argv[2] as string));
const { round, state } = job;

function tell(event: Event, who = 0, count = 0): void {
  writeSync(REPORTS_TO, encodeReport({ event, who, count }));
}

async function owner(client: Client, number: number): Promise<never> {
  const who = WHO.indexOf(`owner ${number}`);
  const own = new Owner(number, seedOf(round, `owner ${number}`), state.owned[number] as Owned);
  for (let count = 1; ; count++) {
    const send = own.next();
    tell(Event.ISSUED, who, count);
    await send(client);
    tell(Event.ACKNOWLEDGED, who, count);
  }
}

async function administrator(client: Client): Promise<never> {
  const who = WHO.indexOf("settings");
  const own = new Administrator(seedOf(round, "settings"), state.settings);
  for (let count = 1; ; count++) {
    const send = own.next();
    tell(Event.ISSUED, who, count);
    await send(client);
    tell(Event.ACKNOWLEDGED, who, count);
  }
}

async function modelled(client: Client, name: string): Promise<never> {
  const who = WHO.indexOf(name);
  const c = onCollection(client, name);
  const chance = new Chance(seedOf(round, name));
  const history = historyOf(untyped(state.models[name]));
  const underWay = new Set<Promise<void>>();
  for (;;) {
    const { write, done } = history.write(chance.below(2 ** 31));
    const { length } = history;
    tell(Event.ISSUED, who, length);
    const answer = write
      .send(c)
      .catch((cause: unknown) => {
        if (!done && untyped<{ code?: string }>(cause).code === "POINT_NOT_FOUND") return;
        throw new Error(`${name}, change ${length}: ${write.text}`, { cause });
      })
      .then(() => {
        tell(Event.ACKNOWLEDGED, who, length);
        underWay.delete(answer);
      });
    underWay.add(answer);
    // A new name of a vector is looked up when a request is checked.
    if (history.model.floating.length > 0) await answer;
    else if (underWay.size >= AT_ONCE) await Promise.race(underWay);
  }
}

/** Far more often than any store needs them. */
async function checkpoints(keeper: Keeper): Promise<never> {
  const chance = new Chance(round ^ 0x5bd1e995);
  for (;;) {
    await new Promise((done) => setTimeout(done, chance.below(60)));
    tell(Event.CHECKPOINT);
    await keeper.checkpoint(chance.pick([SHARED, ...Object.keys(MODELLED)]));
  }
}

// It won't come to its end, at which that is done otherwise.
flushCompileCache();
const collections = new Collections(await loadCore(), runtimeSurroundings());
tell(Event.OPENING);
await openStore(collections, { path: job.folder, sync: job.sync });
tell(Event.OPENED);
const client = untyped<Client>(new NearvecClient(collections));
await Promise.all([
  ...Array.from({ length: OWNERS }, (_, number) => owner(client, number)),
  administrator(client),
  ...Object.keys(MODELLED).map((name) => modelled(client, name)),
  checkpoints(collections.keeper as Keeper),
]);
