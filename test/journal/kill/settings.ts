/** Somebody who makes and deletes collections, aliases and indexes, one after the other. */
import { isDeepStrictEqual } from "node:util";
import { Chance } from "../../conformance/model/chance.ts";
import type { Client } from "../../conformance/support.ts";
import { SHARED } from "./owners.ts";

/** What there is beside the collections that always are. */
export interface Settings {
  /** Ids of the points of each collection. */
  collections: Map<string, number[]>;
  aliases: Map<string, string>;
  /** Whether the shared collection has an index of its tags. */
  isIndexed: boolean;
  /** For names. */
  made: number;
}

export const NOTHING: Settings = { collections: new Map(), aliases: new Map(), isIndexed: false, made: 0 };

const PREFIX = "made-";
const ALIASES = ["current", "other"];

type Step = [effect: (settings: Settings) => void, send: (client: Client) => Promise<unknown>];

function step(chance: Chance, settings: Settings): Step {
  const names = [...settings.collections.keys()];
  if (names.length < 2 || (names.length < 4 && chance.is(0.3))) {
    const name = `${PREFIX}${settings.made + 1}`;
    return [
      (all) => {
        all.made++;
        all.collections.set(name, []);
      },
      (client) => client.createCollection(name, { vectors: { size: 2, distance: "Dot" } }),
    ];
  }
  const name = chance.pick(names);
  return chance.one<Step>(
    () => [
      ({ collections, aliases }) => {
        collections.delete(name);
        for (const [alias, of] of aliases) if (of === name) aliases.delete(alias);
      },
      (client) => client.deleteCollection(name),
    ],
    () => {
      const ids = Array.from({ length: 3 }, (_, i) => (settings.collections.get(name)?.length ?? 0) + i);
      const points = ids.map((id) => ({ id, vector: [id, 1] }));
      return [
        ({ collections }) => collections.get(name)?.push(...ids),
        (client) => client.upsert(name, { wait: true, points }),
      ];
    },
    () => {
      const alias_name = chance.pick(ALIASES);
      const create = { create_alias: { alias_name, collection_name: name } };
      const actions = settings.aliases.has(alias_name)
        ? [{ delete_alias: { alias_name } }, create]
        : [create];
      return [
        ({ aliases }) => aliases.set(alias_name, name),
        (client) => client.updateCollectionAliases({ actions }),
      ];
    },
    () => [
      (all) => {
        all.isIndexed = !settings.isIndexed;
      },
      settings.isIndexed
        ? (client) => client.deletePayloadIndex(SHARED, "tag", { wait: true })
        : (client) =>
            client.createPayloadIndex(SHARED, { field_name: "tag", field_schema: "keyword", wait: true }),
    ],
  );
}

/** @see Owner */
export class Administrator {
  readonly #chance: Chance;
  readonly settings: Settings;

  constructor(seed: number, before: Settings) {
    this.#chance = new Chance(seed);
    this.settings = before;
  }

  next(): Step[1] {
    // Decided before anything changes: the effect may change what the request is made of.
    const was = copyOf(this.settings);
    const [effect, send] = step(this.#chance, was);
    effect(this.settings);
    return send;
  }
}

export function copyOf({ collections, aliases, ...rest }: Settings): Settings {
  const lists = [...collections].map(([name, ids]): [string, number[]] => [name, [...ids]]);
  return { collections: new Map(lists), aliases: new Map(aliases), ...rest };
}

export function settingsAfter(seed: number, before: Settings, steps: number): Settings {
  const at = new Administrator(seed, copyOf(before));
  for (let i = 0; i < steps; i++) at.next();
  return at.settings;
}

export async function settingsThere(client: Client): Promise<Omit<Settings, "made">> {
  const collections = new Map<string, number[]>();
  for (const { name } of (await client.getCollections()).collections) {
    if (!name.startsWith(PREFIX)) continue;
    const { points } = await client.scroll(name, { limit: 10_000 });
    collections.set(
      name,
      points.map(({ id }) => Number(id)),
    );
  }
  const { aliases } = await client.getAliases();
  const { payload_schema } = await client.getCollection(SHARED);
  return {
    collections,
    aliases: new Map(aliases.map(({ alias_name, collection_name }) => [alias_name, collection_name])),
    isIndexed: payload_schema.tag !== undefined,
  };
}

export function sameSettings(there: Omit<Settings, "made">, { made, ...wanted }: Settings): boolean {
  return isDeepStrictEqual(there, wanted);
}
