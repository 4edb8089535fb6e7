import { expect, test } from "vitest";
import { TwofoldRecord } from "../../src/journal/twofold-record.ts";
import { FaultyDisk, openFaulty } from "../storage/faulty.ts";

const text = (body: Uint8Array | undefined) => body && new TextDecoder().decode(body);
const bytes = (value: string) => new TextEncoder().encode(value);

async function read(disk: FaultyDisk): Promise<string | undefined> {
  const storage = await openFaulty(disk);
  const found = await TwofoldRecord.read(storage, "record");
  await storage.close();
  return text(found?.body);
}

/** Writes values one after the other; answers those that were promised. */
async function write(disk: FaultyDisk, values: readonly string[]): Promise<string[]> {
  const promised: string[] = [];
  const storage = await openFaulty(disk);
  const found = await TwofoldRecord.read(storage, "record");
  const record = found?.record ?? TwofoldRecord.empty(storage, "record");
  try {
    for (const value of values) {
      await record.write(bytes(value));
      promised.push(value);
    }
    await storage.close();
  } catch (error) {
    if (!disk.isDown) throw error;
  }
  return promised;
}

test("after a loss of power at any call, it is what was promised last, or what came next", async () => {
  const values = ["one", "two, which is longer", "three", "4"];
  for (let at = 1; at <= 40; at++) {
    for (let seed = 0; seed < 8; seed++) {
      const disk = new FaultyDisk({ seed });
      disk.crashAt(at);
      const promised = await write(disk, values).catch(() => [] as string[]);
      let after = disk.restart(seed);
      const first = await read(after);
      expect([undefined, ...values].slice(promised.length, promised.length + 2)).toContain(first);
      // A second crash, while the next value is written over what the first one left.
      after.crashAt(1 + ((at + seed) % 7));
      const again = await write(after, ["after"]).catch(() => [] as string[]);
      after = after.restart(seed + 100);
      const second = await read(after);
      expect(again.length > 0 ? ["after"] : [first, "after"]).toContain(second);
    }
  }
});

test("damage to either file does no harm, damage to both is an error", async () => {
  const disk = new FaultyDisk();
  await write(disk, ["one", "two"]);
  disk.flip("record-0", 33, 3);
  expect(await read(disk.restart(1))).toBe("two");
  disk.flip("record-1", 34, 3);
  await expect(read(disk.restart(1))).rejects.toMatchObject({ code: "DAMAGED" });
  disk.flip("record-0", 33, 3);
  expect(await read(disk.restart(1))).toBe("two");
});

test("a second file that can't be written is no failure; the next write makes up for it", async () => {
  const disk = new FaultyDisk({ pauses: "none" });
  await write(disk, ["one"]);
  const storage = await openFaulty(disk);
  const record = (await TwofoldRecord.read(storage, "record"))?.record as TwofoldRecord;
  disk.failAt(2, "STORAGE_FULL", { kinds: ["sync"] });
  await record.write(bytes("two"));
  await storage.close();
  expect(await read(disk.restart(5))).toBe("two");
});
