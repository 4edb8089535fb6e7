import type { Collection } from "../collection/collection.ts";

/** Runs a change that is no operation on points when it is its turn among the writes. Resolves when it is safe. */
export async function amongWrites<T>(collection: Collection, change: () => T | Promise<T>): Promise<T> {
  const result = await collection.writes.run(() => {
    const ready = collection.log?.ready();
    return ready === undefined ? change() : ready.then(change);
  });
  await collection.log?.acknowledgement();
  return result;
}
