/** What tests have a window or a worker do: the same in both. */

import { NearvecError } from "../../../src/errors.ts";
import type { NearvecClient, OpenOptions } from "../../../src/index.ts";
import { open } from "../../../src/index.ts";
import { openIndexedDb } from "../../../src/storage/indexeddb.ts";
import { openOpfs } from "../../../src/storage/opfs.ts";
import type { Storage } from "../../../src/storage/storage.ts";
import { takeWebLock } from "../../../src/storage/web-lock.ts";
import { storageContract } from "../../storage/contract.ts";
import { runCollected } from "./expectations.ts";

export interface Reply {
  readonly value?: unknown;
  /** Of a NearvecError, its code; of another error, its text. */
  readonly error?: { readonly code: string | undefined; readonly message: string };
}

/** How it tells the test that something happened meanwhile. */
export type Report = (what: unknown) => void;

let client: NearvecClient | undefined;
let stores = 0;

const openers = {
  async opfs(name: string, readOnly: boolean) {
    const root = await navigator.storage.getDirectory();
    return openOpfs(root, name, readOnly ? undefined : await takeWebLock(name));
  },
  async indexeddb(name: string, readOnly: boolean) {
    return (await openIndexedDb(name, readOnly ? undefined : await takeWebLock(name), !readOnly)) as Storage;
  },
};

const engine = () => client as NearvecClient;

/** Deterministic, and different for every id. */
function vectorOf(id: number): number[] {
  let state = id + 1;
  return Array.from({ length: 8 }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5;
    return ((state >>> 8) & 0xffff) / 0x8000 - 1;
  });
}

function pointsOf(from: number, count: number) {
  return Array.from({ length: count }, (_, i) => {
    const id = from + i;
    return { id, vector: vectorOf(id), payload: { word: `word ${id}`, group: id % 7 } };
  });
}

const COMMANDS = {
  /** The contract of storages. */
  async contract(_: Report, kind: keyof typeof openers) {
    storageContract(kind, async () => {
      const name = `${kind}-${Date.now()}-${++stores}`;
      return { open: ({ readOnly = false } = {}) => openers[kind](name, readOnly) };
    });
    return runCollected();
  },

  async open(_: Report, options: OpenOptions) {
    client = await open(options);
    return (await client.info()).store;
  },

  async close() {
    await engine().close();
  },

  async create(_: Report, name: string) {
    await engine().createCollection(name, { vectors: { size: 8, distance: "Cosine" } });
  },

  async upsert(_: Report, name: string, from: number, count: number) {
    await engine().upsert(name, { wait: true, points: pointsOf(from, count) });
  },

  /** Batches of points until there is no tomorrow, from so many writers; each tells of each that was answered. */
  async pour(report: Report, name: string, first: number, batch: number, writers: number) {
    let next = first;
    const write = async () => {
      for (;;) {
        const from = next;
        next += batch;
        await engine().upsert(name, { wait: true, points: pointsOf(from, batch) });
        report(from);
      }
    };
    await Promise.all(Array.from({ length: writers }, write));
  },

  /** The ids of all points; throws for one that isn't what `pointsOf` makes. */
  async ids(_: Report, name: string) {
    const ids: number[] = [];
    let offset: string | number | undefined;
    do {
      const page = await engine().scroll(name, { limit: 1000, offset, with_payload: true });
      for (const { id, payload } of page.points) {
        const [expected] = pointsOf(id as number, 1);
        if (JSON.stringify(payload) !== JSON.stringify(expected?.payload))
          throw new Error(`payload of ${id}`);
        ids.push(id as number);
      }
      offset = (page.next_page_offset ?? undefined) as typeof offset;
    } while (offset !== undefined);
    return ids;
  },

  /** Of how many of these points a search for the vector finds the point. */
  async finds(_: Report, name: string, ids: readonly number[]) {
    let found = 0;
    for (const id of ids) {
      const query = { query: vectorOf(id), limit: 1, params: { exact: true } };
      const [best] = (await engine().query(name, query)).points;
      if (best?.id === id && best.score > 0.9999) found++;
    }
    return found;
  },

  async info() {
    return (await engine().info()).store;
  },

  /** Whether the browser says that the origin's data is kept, and how much that is. */
  async estimate() {
    return navigator.storage.estimate();
  },
};

export type Command = keyof typeof COMMANDS;

export async function obey(report: Report, command: Command, args: readonly unknown[]): Promise<Reply> {
  try {
    const run = COMMANDS[command] as (report: Report, ...args: readonly unknown[]) => Promise<unknown>;
    return { value: await run(report, ...args) };
  } catch (error) {
    const code = error instanceof NearvecError ? error.code : undefined;
    return {
      error: { code, message: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    };
  }
}
