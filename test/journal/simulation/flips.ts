/** Bits that turn on the disk: noticed when a store is opened, and never handed out as data. */
import { expect } from "vitest";
import { Chance } from "../../conformance/model/chance.ts";
import { everything } from "../../conformance/model/reads.ts";
import { creation, modelOf } from "../../conformance/model/run.ts";
import { NAMED } from "../../conformance/model/setups.ts";
import { untyped } from "../../conformance/support.ts";
import { FaultyDisk, openFaulty } from "../../storage/faulty.ts";
import { clientOn, type Kept } from "./client.ts";
import { History } from "./history.ts";

const SETUP = { ...NAMED, ids: 60 };

interface Store {
  readonly disk: FaultyDisk;
  readonly history: History;
}

/** Several checkpoints, of which the later ones build on the first; and if `killed`, a log of what came after them. */
async function stored(seed: number, killed: boolean): Promise<Store> {
  const disk = new FaultyDisk({ seed, pauses: "none" });
  const history = new History(() => modelOf(SETUP));
  const kept = await clientOn(await openFaulty(disk));
  await kept.client.createCollection("c", untyped(creation(SETUP)));
  const chance = new Chance(seed);
  for (let i = 0; i < 120; i++) {
    await write(kept, history, chance);
    if (i % 30 === 20) await kept.keeper.checkpoint("c");
  }
  if (killed) return { disk: disk.killed(), history };
  await kept.client[Symbol.asyncDispose]();
  return { disk, history };
}

async function write({ client }: Kept, history: History, chance: Chance): Promise<void> {
  const { write, done } = history.write(chance.below(2 ** 31));
  const call = write.send(client);
  if (done) await call;
  else await expect(call).rejects.toMatchObject({ code: "POINT_NOT_FOUND" });
}

type Outcome = "damaged" | "unharmed" | "torn";

async function open({ disk, history }: Store): Promise<Outcome> {
  let kept: Kept;
  try {
    kept = await clientOn(await openFaulty(disk, { readOnly: true }));
  } catch (error) {
    expect(error).toMatchObject({ code: "DAMAGED", details: { subject: { file: expect.any(String) } } });
    return "damaged";
  }
  const { client, keeper } = kept;
  try {
    // The last record of a log that was not closed looks like one that was never finished; that is said.
    if (keeper.info.recovered.c?.torn !== undefined) return "torn";
    await everything(client, history.after(history.length));
    return "unharmed";
  } finally {
    await client[Symbol.asyncDispose]();
  }
}

/** Turns as many bits, one at a time, of a store that was closed, or whose process was killed. */
export async function flip(flips: number, killed: boolean, seed: number): Promise<void> {
  const store = await stored(5, killed);
  expect(await open({ ...store, disk: store.disk.killed() })).toBe("unharmed");
  const chance = new Chance(seed);
  const outcomes: Record<Outcome, number> = { damaged: 0, unharmed: 0, torn: 0 };
  const files = store.disk.paths().filter((path) => store.disk.bytesOf(path).length > 0);
  for (let i = 0; i < flips; i++) {
    // As often in small files as in large ones.
    const path = chance.pick(files);
    const byte = chance.below(store.disk.bytesOf(path).length);
    const disk = store.disk.killed();
    disk.flip(path, byte, chance.below(8));
    try {
      outcomes[await open({ ...store, disk })]++;
    } catch (cause) {
      throw new Error(`seed ${seed}: a bit of byte ${byte} of ${path}`, { cause });
    }
  }
  console.log(`${flips} flips in ${files.length} files:`, outcomes);
  expect(outcomes.damaged).toBeGreaterThan(flips / 4);
  // Spare copies, padding.
  expect(outcomes.unharmed).toBeGreaterThan(0);
  if (!killed) expect(outcomes.torn).toBe(0);
}
