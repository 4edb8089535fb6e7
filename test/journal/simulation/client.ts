/** Clients on faulty disks, in surroundings without a clock. */
import { NearvecClient } from "../../../src/client/client.ts";
import { Collections } from "../../../src/client/collections.ts";
import type { Keeper } from "../../../src/client/keeper.ts";
import { openOn } from "../../../src/client/open-store.ts";
import type { Surroundings } from "../../../src/collection/surroundings.ts";
import { loadCore } from "../../../src/core/load.ts";
import type { Storage } from "../../../src/storage/storage.ts";
import { type Client, untyped } from "../../conformance/support.ts";

const core = await loadCore();

/** Time passes by being looked at, so that a run depends on its seed only. */
function surroundings(): Surroundings {
  let time = 0;
  return {
    now: () => {
      time += 0.05;
      return time;
    },
    schedule(task) {
      const handle = setImmediate(task);
      return () => clearImmediate(handle);
    },
    seed: 7,
  };
}

export interface Kept {
  readonly client: Client;
  readonly keeper: Keeper;
}

/** @param sync as of `open` */
export async function clientOn(
  storage: Storage,
  sync: "always" | "interval" | "never" = "always",
): Promise<Kept> {
  const collections = new Collections(core, surroundings());
  await openOn(storage, collections, { sync });
  return { client: untyped<Client>(new NearvecClient(collections)), keeper: collections.keeper as Keeper };
}
