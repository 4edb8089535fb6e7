/** A process that writes is killed, again and again. `kill.long.test.ts` kills more of them. */
import { expect, test } from "vitest";
import { inProcess, killAndCompare, throughServer } from "./kill/rounds.ts";

const KILLS = 20;
/** Disks differ in how long a sync takes, and this makes thousands. */
const PATIENCE = 120_000;

test.concurrent(
  "in process: what was answered is there, whole, and nothing but what was sent",
  async () => {
    const { kills, acknowledged, whileOpening, replays, checkpoints } = await killAndCompare(
      inProcess("always"),
      KILLS,
      20,
    );
    expect(kills).toBe(KILLS);
    expect(acknowledged).toBeGreaterThan(500);
    expect(replays).toBeGreaterThan(5);
    expect(checkpoints).toBeGreaterThan(10);
    expect(whileOpening).toBeLessThan(KILLS / 2);
  },
  PATIENCE,
);

test.concurrent(
  "through the server: the same",
  async () => {
    const { kills, acknowledged, replays } = await killAndCompare(throughServer, KILLS, 21);
    expect(kills).toBe(KILLS);
    expect(acknowledged).toBeGreaterThan(200);
    expect(replays).toBeGreaterThan(5);
  },
  PATIENCE,
);
