import { beforeEach, describe, expect, test, vi } from "vitest";
import { Background, SLICE_MS } from "../../src/collection/background.ts";
import { Indexing, TAIL_BYTES, TAIL_VECTORS, tailLimit } from "../../src/collection/indexing.ts";
import { NearvecError } from "../../src/errors.ts";
import { CountingSpace, Puppet } from "./support.ts";

let puppet: Puppet;
let space: CountingSpace;
let background: Background;

beforeEach(() => {
  puppet = new Puppet();
  space = new CountingSpace(puppet);
  background = new Background(puppet);
});

function indexing(config: { enabled?: boolean; startAt?: number; tailLimit?: number } = {}): Indexing {
  return new Indexing(
    space,
    { enabled: true, startAt: 1, tailLimit: 500, size: 100, ...config },
    background,
    puppet,
  );
}

describe("indexing", () => {
  test("starts by itself after a write, is yellow until the tail is empty, then green and quiet", async () => {
    const job = indexing();
    expect(job.status).toBe("green");
    space.tailCount = 3000;
    job.noteWrite();
    expect(job.status).toBe("yellow");
    while (puppet.tasks.length > 0) await puppet.turn();
    expect([job.status, space.tailCount]).toEqual(["green", 0]);
  });

  test("fits its slices to the time they take", async () => {
    space = new CountingSpace(puppet, 0.001);
    const job = indexing();
    space.tailCount = 1_000_000;
    job.noteWrite();
    for (let i = 0; i < 20; i++) await puppet.turn();
    const before = puppet.time;
    await puppet.turn();
    expect(puppet.time - before).toBeCloseTo(SLICE_MS, 0);
  });

  test("goes on with the same budget where the clock stands still", async () => {
    space = new CountingSpace(puppet, 0);
    const job = indexing();
    space.tailCount = 1_000_000;
    job.noteWrite();
    for (let i = 0; i < 5; i++) await puppet.turn();
    expect(new Set(space.budgets).size).toBe(1);
  });

  test("runs without hurry until somebody waits, and keeps the process alive only then", async () => {
    const job = indexing();
    space.tailCount = 1_000_000;
    job.noteWrite();
    expect(puppet.tasks.map((each) => each.urgent)).toEqual([false]);
    const idle = job.whenIdle();
    expect(puppet.tasks.map((each) => each.urgent)).toEqual([true]);
    while (space.tailCount > 0) await puppet.turn();
    await expect(idle).resolves.toBeUndefined();
    expect(puppet.tasks).toEqual([]);
  });

  test("that is switched off has no limit and nothing to wait for", async () => {
    const job = indexing({ enabled: false });
    space.tailCount = 1_000_000;
    job.noteWrite();
    expect([job.status, puppet.tasks.length]).toEqual(["green", 0]);
    expect(job.whenRoom(1000)).toBeUndefined();
    await job.whenIdle();
  });

  test("waits for its threshold, then works until the tail is empty", async () => {
    const job = indexing({ startAt: 1000 });
    space.tailCount = 999;
    job.noteWrite();
    expect(job.status).toBe("green");
    await job.whenIdle();
    space.tailCount = 1000;
    job.noteWrite();
    expect(job.status).toBe("yellow");
    while (puppet.tasks.length > 0) await puppet.turn();
    expect(space.tailCount).toBe(0);
  });
});

describe("building a space anew", () => {
  test("starts by itself, is yellow meanwhile, and goes on beside indexing", async () => {
    const job = indexing();
    space.tailCount = 100_000;
    space.rebuildWork = 1_000_000;
    job.noteWrite();
    for (let i = 0; i < 10; i++) await puppet.turn();
    expect(space.tailCount).toBeLessThan(100_000);
    expect(space.rebuildWork).toBeLessThan(1_000_000);
    expect(job.status).toBe("yellow");
    while (puppet.tasks.length > 0) await puppet.turn();
    expect([job.status, space.tailCount, space.rebuildWork]).toEqual(["green", 0, 0]);
  });

  test("goes on where indexing is switched off, and never holds up writers there", async () => {
    const job = indexing({ enabled: false });
    space.tailCount = 100_000;
    space.rebuildWork = 1_000_000;
    job.noteWrite();
    expect(job.status).toBe("yellow");
    expect(job.whenRoom(1000)).toBeUndefined();
    while (puppet.tasks.length > 0) await puppet.turn();
    expect([job.status, space.tailCount, space.rebuildWork]).toEqual(["green", 100_000, 0]);
  });
});

describe("writers", () => {
  test("wait while the tail is beyond its limit, and no longer", async () => {
    space = new CountingSpace(puppet, 0.01);
    const job = indexing({ tailLimit: 500 });
    space.tailCount = 500;
    job.noteWrite();
    expect(job.whenRoom(1e6)).toBeUndefined();
    space.tailCount = 5000;
    const room = vi.fn();
    void job.whenRoom(1e6)?.then(room);
    await puppet.turn();
    while (space.tailCount > 500) {
      expect(room).not.toHaveBeenCalled();
      await puppet.turn();
    }
    expect(room).toHaveBeenCalled();
    expect(space.tailCount).toBeGreaterThan(0);
  });

  test("don't wait longer than their patience", async () => {
    const job = indexing({ tailLimit: 0 });
    space.tailCount = 1_000_000;
    job.noteWrite();
    const room = vi.fn();
    void job.whenRoom(3 * SLICE_MS)?.then(room);
    while (puppet.time < 3 * SLICE_MS) await puppet.turn();
    expect(room).toHaveBeenCalled();
    expect(space.tailCount).toBeGreaterThan(0);
  });

  test("are let go when indexing fails: their points are stored", async () => {
    const job = indexing({ tailLimit: 10 });
    space.tailCount = 1000;
    job.noteWrite();
    const room = job.whenRoom(1e6);
    space.fault = new NearvecError("OUT_OF_MEMORY", { what: "full" });
    await puppet.turn();
    await room;
    expect(job.whenRoom(1e6)).toBeUndefined();
  });
});

describe("a failure", () => {
  const full = new NearvecError("OUT_OF_MEMORY", { what: "full" });

  test("shows, is told to those who wait for the index, and ends with the next slice that succeeds", async () => {
    const job = indexing();
    space.tailCount = 1000;
    job.noteWrite();
    const idle = job.whenIdle();
    space.fault = full;
    const rejected = expect(idle).rejects.toBe(full);
    await puppet.turn();
    await rejected;
    expect([job.status, job.failure, puppet.tasks.length]).toEqual(["red", full, 0]);
    // Another write tries again; until that succeeds, the failure stays visible.
    job.noteWrite();
    expect([job.status, puppet.tasks.length]).toEqual(["red", 1]);
    space.fault = undefined;
    await puppet.turn();
    expect(job.failure).toBeUndefined();
    while (puppet.tasks.length > 0) await puppet.turn();
    expect(job.status).toBe("green");
  });

  test("of another kind is a defect, with its cause", async () => {
    const job = indexing();
    space.tailCount = 1000;
    job.noteWrite();
    const trap = new Error("unreachable");
    space.fault = trap;
    await puppet.turn();
    expect(job.failure).toMatchObject({
      code: "INTERNAL",
      cause: trap,
      message: expect.stringContaining("unreachable"),
    });
  });
});

describe("waiting", () => {
  test("can be aborted, before and while", async () => {
    const job = indexing();
    space.tailCount = 1_000_000;
    job.noteWrite();
    const controller = new AbortController();
    const idle = job.whenIdle(controller.signal);
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(idle).rejects.toMatchObject({ code: "ABORTED", cause: reason });
    await expect(job.whenIdle(controller.signal)).rejects.toMatchObject({ code: "ABORTED" });
    expect(job.awaited).toBe(false);
    await puppet.turn();
    expect(puppet.tasks.map((each) => each.urgent)).toEqual([false]);
  });

  test("ends with the reason when the collection goes away", async () => {
    const job = indexing();
    space.tailCount = 1_000_000;
    job.noteWrite();
    const closed = new NearvecError("CLOSED", { what: "gone" });
    const idle = expect(job.whenIdle()).rejects.toBe(closed);
    job.close(closed);
    await idle;
    expect(puppet.tasks).toEqual([]);
  });
});

test("the tail's limit is what a scan reads in about a millisecond", () => {
  expect(tailLimit(4)).toBe(TAIL_VECTORS);
  expect(tailLimit(768)).toBe(Math.floor(TAIL_BYTES / 3072));
  expect(tailLimit(65_536)).toBe(128);
});

test("the jobs of several collections take turns, one slice per turn of the event loop", async () => {
  const order: string[] = [];
  const job = (name: string, slices: number) => ({
    awaited: name === "b",
    slice: () => {
      order.push(name);
      return --slices > 0;
    },
  });
  background.wake(job("a", 3));
  background.wake(job("b", 2));
  expect(puppet.tasks.map((each) => each.urgent)).toEqual([true]);
  while (puppet.tasks.length > 0) {
    expect(puppet.tasks).toHaveLength(1);
    await puppet.turn();
  }
  expect(order).toEqual(["a", "b", "a", "b", "a"]);
});
