/**
 * A random workload on a disk that goes down at a call of its choice, and what is found afterwards: every change that was
 * acknowledged, whole, and of the others a beginning, whole.
 */
import { expect } from "vitest";
import { Chance } from "../../conformance/model/chance.ts";
import { everything } from "../../conformance/model/reads.ts";
import { creation, modelOf, type Setup } from "../../conformance/model/run.ts";
import type { Model } from "../../conformance/model/writes.ts";
import { untyped } from "../../conformance/support.ts";
import { FaultyDisk, openFaulty } from "../../storage/faulty.ts";
import { clientOn, type Kept } from "./client.ts";
import { History } from "./history.ts";

export interface Plan {
  readonly setup: Setup;
  /** Decides all that is done. */
  readonly seed: number;
  readonly steps: number;
}

/** How far a workload came. */
interface Progress {
  readonly history: History;
  /** Changes that were answered. */
  acknowledged: number;
}

/** Opens the disk, makes the collection, if `isNew`, and does the plan's steps. Ends quietly when the disk goes down. */
async function work(disk: FaultyDisk, plan: Plan, progress: Progress, isNew: boolean): Promise<boolean> {
  let kept: Kept | undefined;
  let isCreated = !isNew;
  try {
    kept = await clientOn(await openFaulty(disk));
    if (isNew) await kept.client.createCollection("c", untyped(creation(plan.setup)));
    isCreated = true;
    const chance = new Chance(plan.seed);
    for (let i = 0; i < plan.steps; i++) kept = await step(disk, kept, chance, progress);
    await kept.client[Symbol.asyncDispose]();
  } catch (error) {
    if (!disk.isDown) throw error;
    await closed(kept);
  }
  return isCreated;
}

/** What was opened gives its memory back, whatever the disk says. */
async function closed(kept: Kept | undefined): Promise<void> {
  try {
    await kept?.client[Symbol.asyncDispose]();
  } catch {
    // It is down.
  }
}

async function step(disk: FaultyDisk, kept: Kept, chance: Chance, progress: Progress): Promise<Kept> {
  const { client, keeper } = kept;
  if (chance.is(0.04)) {
    await client[Symbol.asyncDispose]();
    return clientOn(await openFaulty(disk));
  }
  if (chance.is(0.03)) await settled(client);
  // Changes go on while it is written.
  const checkpoint = chance.is(0.15) ? keeper.checkpoint("c") : undefined;
  checkpoint?.catch(() => undefined); // its end is looked at below
  const answers: Promise<void>[] = [];
  for (let left = chance.is(0.3) ? chance.between(2, 5) : 1; left > 0; left--) {
    const answer = change(kept, chance.below(2 ** 31), progress);
    answer.catch(() => undefined);
    answers.push(answer);
    // A new name of a vector is looked up when a request is checked.
    if (progress.history.model.floating.length > 0) await answers.at(-1);
  }
  // All of them come to an end, also where one fails.
  const ends = await Promise.allSettled([checkpoint, ...answers]);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return kept;
}

async function change({ client }: Kept, seed: number, progress: Progress): Promise<void> {
  const { history } = progress;
  const before = history.length;
  const { write, done } = history.write(seed);
  const { length } = history;
  try {
    await write.send(client);
  } catch (error) {
    if (done || (error as { code?: string }).code !== "POINT_NOT_FOUND") throw error;
  }
  // That a point is missing, or that there is nothing to do, is answered without the disk, whatever became of the writes before.
  if (done && length > before) progress.acknowledged = Math.max(progress.acknowledged, length);
}

async function settled(client: Kept["client"]): Promise<void> {
  while ((await client.getCollection("c")).status !== "green")
    await new Promise((done) => setImmediate(done));
}

/** How many calls of the storage the plan makes when nothing goes wrong. */
export async function callsOf(plan: Plan): Promise<number> {
  const disk = new FaultyDisk({ seed: plan.seed });
  const progress = begun(() => modelOf(plan.setup));
  await work(disk, plan, progress, true);
  return disk.calls;
}

function begun(begin: () => Model): Progress {
  return { history: new History(begin), acknowledged: 0 };
}

/**
 * Lets the disk go down at call `at` of the plan, then once more some calls into what follows. After each, everything is
 * compared. In the end it is closed and opened undisturbed.
 */
export async function crash(plan: Plan, at: number): Promise<void> {
  let disk = new FaultyDisk({ seed: plan.seed });
  let progress = begun(() => modelOf(plan.setup));
  const chance = new Chance(plan.seed ^ Math.imul(at, 0x9e3779b1));
  disk.crashAt(at);
  const isCreated = await work(disk, plan, progress, true);
  disk = next(disk, chance);
  if (!(await isThere(disk))) {
    expect(isCreated, "the collection was made").toBe(false);
    return;
  }
  for (let round = 0; round < 2; round++) {
    // Recovery itself may be cut off.
    if (chance.is(0.3)) {
      disk.crashAt(chance.between(1, 25));
      await work(
        disk,
        { ...plan, steps: 0 },
        begun(() => modelOf(plan.setup)),
        false,
      );
      disk = next(disk, chance);
    }
    const model = await found(disk, progress);
    progress = begun(model);
    if (round === 0) disk.crashAt(chance.between(1, 60));
    await work(disk, { ...plan, seed: chance.below(2 ** 31), steps: 4 }, progress, false);
    if (disk.isDown) disk = next(disk, chance);
    // It may have come to its end before.
    else disk.crashAt(Number.POSITIVE_INFINITY);
  }
  await found(disk, progress);
}

/** The machine lost power, or only the process died. */
function next(disk: FaultyDisk, chance: Chance): FaultyDisk {
  return chance.is(0.7) ? disk.restart(chance.below(2 ** 31)) : disk.killed();
}

async function isThere(disk: FaultyDisk): Promise<boolean> {
  const { client } = await clientOn(await openFaulty(disk));
  try {
    return (await client.collectionExists("c")).exists;
  } finally {
    await client[Symbol.asyncDispose]();
  }
}

/** Which of the states that the history went through is on the disk; it is one that has all that was acknowledged. */
async function found(disk: FaultyDisk, { history, acknowledged }: Progress): Promise<() => Model> {
  const { client } = await clientOn(await openFaulty(disk));
  const differences: unknown[] = [];
  try {
    for (let changes = acknowledged; changes <= history.length; changes++) {
      try {
        await everything(client, history.after(changes));
        return () => history.after(changes);
      } catch (error) {
        differences.push(error);
      }
    }
  } finally {
    await client[Symbol.asyncDispose]();
  }
  const range = `${acknowledged} to ${history.length}`;
  throw new AggregateError(differences, `what is there is the state after none of ${range} changes`);
}
