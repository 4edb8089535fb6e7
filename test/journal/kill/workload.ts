/** Everything that is done to a store before it is killed: who does it, what each of them did last time, and how to tell. */
import { Chance } from "../../conformance/model/chance.ts";
import { aRead, everything, type Recall } from "../../conformance/model/reads.ts";
import { creation, modelOf, type Setup } from "../../conformance/model/run.ts";
import { NAMED } from "../../conformance/model/setups.ts";
import type { Model } from "../../conformance/model/writes.ts";
import { type Client, untyped } from "../../conformance/support.ts";
import { History } from "../simulation/history.ts";
import {
  CREATION,
  compareSearches,
  OWNERS,
  type Owned,
  ownedAfter,
  ownedThere,
  SHARED,
  sameOwned,
} from "./owners.ts";
import { NOTHING, type Settings, sameSettings, settingsAfter, settingsThere } from "./settings.ts";

/** Collections that random writes of every kind are made to, one after the other. */
export const MODELLED: Readonly<Record<string, Setup>> = {
  plain: { spaces: { "": { kind: "dense", size: 4, distance: "Dot" } }, ids: 60 },
  named: { ...NAMED, ids: 40 },
};

/** What there is. */
export interface State {
  readonly owned: readonly Owned[];
  readonly settings: Settings;
  readonly models: Readonly<Record<string, Model>>;
}

/** How far somebody came: operations that were sent, and those that were answered. */
export interface Progress {
  issued: number;
  acknowledged: number;
}

/** Whose progress is told: each owner's, the administrator's, and that of each modelled collection. */
export const WHO: readonly string[] = [
  ...Array.from({ length: OWNERS }, (_, owner) => `owner ${owner}`),
  "settings",
  ...Object.keys(MODELLED),
];

export function seedOf(round: number, who: string): number {
  return round ^ Math.imul(WHO.indexOf(who) + 1, 0x9e3779b1);
}

export const BEGINNING: State = {
  owned: Array.from({ length: OWNERS }, () => new Map()),
  settings: NOTHING,
  models: Object.fromEntries(Object.entries(MODELLED).map(([name, setup]) => [name, modelOf(setup)])),
};

/** The collections that always are there. */
export async function createAll(client: Client): Promise<void> {
  await client.createCollection(SHARED, CREATION);
  for (const [name, setup] of Object.entries(MODELLED))
    await client.createCollection(name, untyped(creation(setup)));
}

/** A client to whom `c` is the collection of that name. */
export function onCollection(client: Client, name: string): Client {
  return new Proxy(client, {
    get(target, key) {
      const method = untyped<(...args: unknown[]) => unknown>(Reflect.get(target, key, target));
      return (_c: unknown, ...rest: unknown[]) => method.call(target, name, ...rest);
    },
  });
}

export function historyOf(model: Model): History {
  return new History(() => copyOfModel(model));
}

function copyOfModel({ points, spaces, indexes, ...rest }: Model): Model {
  return { points: new Map(points), spaces: new Map(spaces), indexes: new Map(indexes), ...rest };
}

/**
 * What is there, which must be what was before and a beginning of what was sent since, with all that was answered.
 *
 * @param round its seed
 */
export async function found(
  client: Client,
  before: State,
  round: number,
  progress: ReadonlyMap<string, Progress>,
): Promise<State> {
  const of = (who: string) => progress.get(who) ?? { issued: 0, acknowledged: 0 };
  const owned: Owned[] = [];
  for (const [owner, there] of (await ownedThere(client)).entries()) {
    const who = `owner ${owner}`;
    const was = before.owned[owner] as Owned;
    const after = (operations: number) => ownedAfter(owner, seedOf(round, who), was, operations);
    owned.push(await whichOf(who, of(who), after, async (wanted) => sameOwned(there, wanted)));
  }
  const thereNow = await settingsThere(client);
  const settings = await whichOf(
    "settings",
    of("settings"),
    (steps) => settingsAfter(seedOf(round, "settings"), before.settings, steps),
    async (wanted) => sameSettings(thereNow, wanted),
  );
  await compareSearches(client, owned, round);
  const models: Record<string, Model> = {};
  for (const name of Object.keys(MODELLED))
    models[name] = await modelThere(client, name, before, round, of(name));
  return { owned, settings, models };
}

async function modelThere(
  client: Client,
  name: string,
  { models }: State,
  round: number,
  progress: Progress,
): Promise<Model> {
  const c = onCollection(client, name);
  const chance = new Chance(seedOf(round, name));
  const history = historyOf(models[name] as Model);
  while (history.length < progress.issued) history.write(chance.below(2 ** 31));
  let difference: unknown;
  const model = await whichOf(
    name,
    progress,
    (changes) => history.after(changes),
    (wanted) =>
      everything(c, wanted).then(
        () => true,
        (error: unknown) => {
          difference ??= error;
          return false;
        },
      ),
  ).catch((error: unknown) => {
    throw new Error(String(error), { cause: difference });
  });
  const recall: Recall = { found: 0, wanted: 0 };
  for (let i = 0; i < READS; i++) await aRead(chance, model, recall)[1](c);
  return model;
}

/** Of each modelled collection, after each kill. */
const READS = 8;

/** The newest of the states that may be there that is. */
async function whichOf<T>(
  who: string,
  { issued, acknowledged }: Progress,
  after: (operations: number) => T,
  isThere: (state: T) => Promise<boolean>,
): Promise<T> {
  for (let operations = issued; operations >= acknowledged; operations--) {
    const state = after(operations);
    if (await isThere(state)) return state;
  }
  throw new Error(`${who}: what is there is the state after none of ${acknowledged} to ${issued} operations`);
}
