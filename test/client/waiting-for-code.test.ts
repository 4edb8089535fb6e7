import { expect, test } from "vitest";
import { open } from "../../src/index.ts";
import { untyped } from "./support.ts";

// One test in this file: code that is loaded once stays loaded.
test("a call that waits for code means what its arguments were when it was made", async () => {
  await using client = await open();
  await client.createCollection("c", { vectors: { size: 2, distance: "Dot" } });
  await client.upsert("c", { points: [{ id: 9, vector: [1, 1], payload: { a: 1 } }] });
  const vector = new Float32Array(2);
  const payload: Record<string, unknown> = { __proto__: null, tags: ["x"] };
  // The first change of a payload, for which code is loaded; what follows waits for its turn.
  const calls: Promise<unknown>[] = [client.setPayload("c", { payload: { k: 1 }, points: [9] })];
  for (let id = 1; id <= 3; id++) {
    vector[0] = id;
    payload.id = id;
    calls.push(client.upsert("c", { points: [{ id, vector, payload }] }));
  }
  vector.fill(7);
  (payload.tags as string[]).push("y");
  await Promise.all(calls);
  const points = await client.retrieve("c", { ids: [1, 2, 3], with_vector: true });
  expect(points).toEqual([1, 2, 3].map((id) => ({ id, vector: [id, 0], payload: { id, tags: ["x"] } })));
  // What a request needs is what it says when it is made.
  const request: Record<string, unknown> = { query: [1, 0], limit: 1 };
  const explained = client.explain("c", untyped(request));
  request.filter = { must: [{ key: "nothing", match: { value: 1 } }] };
  expect((await explained).points).toHaveLength(1);
});
