/**
 * A random workload on a disk whose calls fail now and then, for a while, or until it has room again. A write that fails leaves the
 * collection as it was, or (where only its sync failed) as it should have become; it can be read all the time, and when
 * nothing fails any more, writes work again and nothing is missing.
 */
import { expect } from "vitest";
import type { StorageCode } from "../../../src/storage/failures.ts";
import { Chance } from "../../conformance/model/chance.ts";
import { everything } from "../../conformance/model/reads.ts";
import { creation, modelOf } from "../../conformance/model/run.ts";
import type { Model } from "../../conformance/model/writes.ts";
import { untyped } from "../../conformance/support.ts";
import { type CallKind, FaultyDisk, openFaulty } from "../../storage/faulty.ts";
import { clientOn, type Kept } from "./client.ts";
import type { Plan } from "./crashes.ts";
import { History } from "./history.ts";

const KINDS: readonly CallKind[] = ["append", "sync", "create", "remove", "close", "list"];
const CODES: readonly StorageCode[] = ["STORAGE_FAILED", "STORAGE_FULL"];

/** Answers how many writes failed. */
export async function fail(plan: Plan): Promise<number> {
  const disk = new FaultyDisk({ seed: plan.seed });
  const chance = new Chance(plan.seed);
  let kept = await clientOn(await openFaulty(disk));
  await kept.client.createCollection("c", untyped(creation(plan.setup)));
  let history = new History(() => modelOf(plan.setup));
  let failed = 0;
  for (let i = 0; i < plan.steps; i++) {
    if (chance.is(0.3)) disturb(disk, chance);
    if (chance.is(0.1)) await kept.keeper.checkpoint("c").catch(isExpected);
    const before = history.length;
    const error = await attempt(kept, history, chance.below(2 ** 31));
    if (error !== undefined) {
      failed++;
      const model = await stateOf(kept, history, before);
      history = new History(model);
    } else if (chance.is(0.1)) await everything(kept.client, history.after(history.length));
    if (chance.is(0.3)) disk.heal();
    if (chance.is(0.05)) {
      disk.heal();
      await kept.client[Symbol.asyncDispose]();
      kept = await clientOn(await openFaulty(disk));
      await everything(kept.client, history.after(history.length));
    }
  }
  disk.heal();
  const last = await attempt(kept, history, 1);
  expect(last, "a write, once nothing fails any more").toBeUndefined();
  await everything(kept.client, history.after(history.length));
  // Without a last checkpoint, and with one.
  await same(chance.is(0.5) ? disk.killed() : disk.restart(plan.seed), history);
  await kept.client[Symbol.asyncDispose]();
  await same(disk.restart(plan.seed + 1), history);
  return failed;
}

function disturb(disk: FaultyDisk, chance: Chance): void {
  if (chance.is(0.2)) {
    const used = disk.paths().reduce((sum, path) => sum + disk.bytesOf(path).length, 0);
    disk.full(used + chance.below(2000), chance.is(0.5) ? "append" : "sync");
    return;
  }
  const kinds = chance.is(0.4) ? undefined : [chance.pick(KINDS)];
  disk.failAt(chance.between(1, 8), chance.pick(CODES), {
    ...(kinds && { kinds }),
    forever: chance.is(0.3),
  });
}

/** Answers the error of the storage, if the write met one. */
async function attempt({ client }: Kept, history: History, seed: number): Promise<unknown> {
  const { write, done } = history.write(seed);
  try {
    await write.send(client);
    return undefined;
  } catch (error) {
    if (!done && (error as { code?: string }).code === "POINT_NOT_FOUND") return undefined;
    isExpected(error);
    return error;
  }
}

function isExpected(error: unknown): void {
  const { code } = error as { code?: string };
  if (code === undefined || !CODES.some((each) => each === code)) throw error;
}

/** Which state a collection is in whose last write failed. */
async function stateOf({ client }: Kept, history: History, from: number): Promise<() => Model> {
  let difference: unknown;
  for (let changes = from; changes <= history.length; changes++) {
    try {
      await everything(client, history.after(changes));
      return () => history.after(changes);
    } catch (error) {
      difference ??= error;
    }
  }
  throw new Error("a write that failed left something else", { cause: difference });
}

async function same(disk: FaultyDisk, history: History): Promise<void> {
  const { client } = await clientOn(await openFaulty(disk));
  await everything(client, history.after(history.length));
  await client[Symbol.asyncDispose]();
}
