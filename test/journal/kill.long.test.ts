/**
 * A hundred kills of each kind. A failure names its seed; `KILL_SEED=<number>` begins with another one, `KILLS=<number>` kills
 * another number of times. (When a process dies differs from run to run; what it did until then does not.)
 */
import { expect, test } from "vitest";
import { inProcess, killAndCompare, throughServer } from "./kill/rounds.ts";

const KILLS = Number(process.env.KILLS ?? 100);
const SEED = Number(process.env.KILL_SEED ?? 100);
const PATIENCE = 60_000 + KILLS * 10_000;
/** Of a process that nothing else ends. */
const LIFE_MS = 2500;

test.each(["always", "interval", "never"] as const)(
  "in process, sync: %s",
  async (sync) => {
    // A killed process loses nothing that the system has, so all three promise the same.
    const kills = sync === "always" ? KILLS : Math.ceil(KILLS / 4);
    const tally = await killAndCompare(inProcess(sync, LIFE_MS), kills, SEED);
    expect(tally.kills).toBe(kills);
    expect(tally.acknowledged).toBeGreaterThan(kills * 20);
  },
  PATIENCE,
);

test(
  "through the server",
  async () => {
    const tally = await killAndCompare(throughServer, KILLS, SEED + 1);
    expect(tally.kills).toBe(KILLS);
    expect(tally.acknowledged).toBeGreaterThan(KILLS * 10);
  },
  PATIENCE,
);
