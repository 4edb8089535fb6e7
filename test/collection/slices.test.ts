import { describe, expect, test } from "vitest";
import { Background, SLICE_MS } from "../../src/collection/background.ts";
import { inSlices, type Slicing, type Watcher } from "../../src/collection/slices.ts";
import { NearvecError } from "../../src/errors.ts";
import { Puppet } from "./support.ts";

function setUp() {
  const puppet = new Puppet();
  const background = new Background(puppet);
  let closed: NearvecError | undefined;
  const slicing: Slicing = { watchers: new Set(), background, surroundings: puppet, closed: () => closed };
  const close = () => {
    closed = new NearvecError("CLOSED", { what: "it is over" });
  };
  /** Work of so many milliseconds, one after the other. */
  const work = (ms: number) => {
    const slices: number[] = [];
    let done = 0;
    const slice = (isOver: () => boolean) => {
      slices.push(0);
      while (done < ms && !isOver()) {
        puppet.time++;
        done++;
        slices.push((slices.pop() ?? 0) + 1);
      }
      return done === ms ? slices : undefined;
    };
    return { slices, slice };
  };
  const run = (ms: number, { watcher, timeout }: { watcher?: Watcher; timeout?: number } = {}) => {
    const { slices, slice } = work(ms);
    const deadline = timeout === undefined ? undefined : { at: puppet.time + timeout * 1000, timeout };
    return { slices, answer: inSlices(slicing, watcher, deadline, slice, (each) => each.length) };
  };
  return { puppet, background, slicing, close, run };
}

describe("work in slices", () => {
  test("is over at once where that is enough", () => {
    const { run, puppet } = setUp();
    expect(run(SLICE_MS - 1).answer).toBe(1);
    expect(puppet.tasks).toEqual([]);
  });

  test("goes on in turns of its own, each with the time of a slice", async () => {
    const { run, puppet, background } = setUp();
    const { slices, answer } = run(2 * SLICE_MS + 1);
    expect(slices).toEqual([SLICE_MS]);
    await puppet.turn();
    await puppet.turn();
    expect(await answer).toBe(3);
    expect(slices).toEqual([SLICE_MS, SLICE_MS, 1]);
    // Such slices take no time from what is done at once beside them.
    expect(background.spent).toBe(0);
  });

  test("shares what time there is for work at once, and begins in a turn of its own when none is left", async () => {
    const { run, puppet } = setUp();
    expect(run(SLICE_MS - 1).answer).toBe(1);
    const second = run(2);
    expect(second.slices).toEqual([1]);
    const third = run(1);
    expect(third.slices).toEqual([]);
    expect(third.answer).toBeInstanceOf(Promise);
    await puppet.turn();
    expect(await second.answer).toBe(2);
    expect(third.slices).toEqual([]);
    await puppet.turn();
    expect(await third.answer).toBe(1);
    expect(run(1).answer).toBe(1);
  });

  test("tells its watcher what is written until the answer is there, also before the first slice", async () => {
    const { run, puppet, slicing } = setUp();
    const watcher: Watcher = { note: () => undefined, noteAll: () => undefined };
    expect(run(SLICE_MS, { watcher }).answer).toBe(1);
    expect(slicing.watchers.size).toBe(0);
    const { answer, slices } = run(1, { watcher });
    expect(slices).toEqual([]);
    expect([...slicing.watchers]).toEqual([watcher]);
    await puppet.turn();
    await answer;
    expect(slicing.watchers.size).toBe(0);
  });

  test("is given up past its deadline, and when there is nothing to read any more", async () => {
    const { run, puppet, close, slicing } = setUp();
    const watcher: Watcher = { note: () => undefined, noteAll: () => undefined };
    const late = run(2 * SLICE_MS, { watcher, timeout: 1 });
    puppet.time += 1001;
    const given = expect(late.answer).rejects.toMatchObject({ code: "TIMEOUT" });
    await puppet.turn();
    await given;
    const open = run(2 * SLICE_MS, { watcher });
    close();
    const closed = expect(open.answer).rejects.toThrow("it is over");
    await puppet.turn();
    await closed;
    expect([late.slices, open.slices]).toEqual([[SLICE_MS], [SLICE_MS]]);
    expect(slicing.watchers.size).toBe(0);
  });
});
