import { expect, test } from "vitest";
import { after } from "../src/client/snapshot.ts";
import { inTurn, OnDemand } from "../src/on-demand.ts";

/** Code that is loaded when the test says so. */
function held(name: string) {
  let settle: { resolve: (value: string) => void; reject: (error: unknown) => void } | undefined;
  const code = new OnDemand(
    name,
    () => new Promise<string>((resolve, reject) => (settle = { resolve, reject })),
  );
  return { code, resolve: () => settle?.resolve(name), reject: () => settle?.reject(new Error("offline")) };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

test("requests keep their order, whatever code they wait for", async () => {
  const [a, b] = [held("a"), held("b")];
  const done: number[] = [];
  const request = async (number: number, ...needed: OnDemand<unknown>[]) => {
    const waiting = inTurn(needed);
    if (waiting !== undefined) await waiting;
    done.push(number);
  };
  const first = [request(0), request(1, a.code), request(2, b.code, a.code), request(3), request(4, a.code)];
  expect(done).toEqual([0]);
  await turn();
  a.resolve();
  await turn();
  expect(done).toEqual([0, 1]);
  // Its own code is there, but the second's is not.
  const second = [request(5, a.code), request(6)];
  b.resolve();
  await Promise.all([...first, ...second]);
  expect(done).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(a.code.module).toBe("a");
  expect(inTurn([a.code, b.code])).toBeUndefined();
});

test("what can't be loaded fails those who need it, and is tried again", async () => {
  const { code, resolve, reject } = held("filters");
  const [needing, other] = [inTurn([code]), inTurn([])];
  reject();
  await expect(needing).rejects.toMatchObject({ code: "INTERNAL", cause: new Error("offline") });
  await expect(other).resolves.toBeUndefined();
  expect(() => code.module).toThrow("filters were used before their code was loaded");
  const again = inTurn([code]);
  resolve();
  await again;
  expect(code.module).toBe("filters");
});

test("nobody comes before those who waited, however soon after the code was there", async () => {
  for (let later = 0; later < 20; later++) {
    const code = new OnDemand("a feature", async () => 1);
    const order: string[] = [];
    const call = async (name: string, needed: readonly OnDemand<unknown>[]) => {
      const loading = inTurn(needed);
      // As a client's methods wait.
      if (loading !== undefined) await after(loading, undefined);
      order.push(name);
    };
    const first = call("first", [code]);
    const second = code.load()?.then(async () => {
      for (let i = 0; i < later; i++) await undefined;
      await call("second", [code]);
    });
    await Promise.all([first, second]);
    expect(order, `${later} promises later`).toEqual(["first", "second"]);
  }
});
