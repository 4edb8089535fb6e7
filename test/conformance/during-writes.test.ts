/** Answers to filters that take several turns of the event loop are of one moment, whatever is written meanwhile. */
import { expect, test } from "vitest";
import { random } from "./naive.ts";
import { type Client, type Filter, match, untyped, withCollection } from "./support.ts";

const COUNT = 12_000;
const wait = true;

/** Every other point is on. Each has a number, and words that take a while to read. */
async function switches(): Promise<Client> {
  const client = await withCollection({ vectors: { size: 1, distance: "Dot", hnsw_config: { m: 0 } } });
  const ids = Array.from({ length: COUNT }, (_, i) => i);
  const vectors = ids.map((i) => [i]);
  const payloads = ids.map((i) => payload(i % 2 === 0));
  await client.upsert("c", { batch: { ids, vectors, payloads }, wait });
  return client;
}

const payload = (on: boolean) => ({ on, same: "yes", words: "a b c d e f ".repeat(20) });

/** Switches one point off and another on, in one operation, turn by turn, until something is done. */
async function whileSwitching(client: Client, work: Promise<unknown>[]): Promise<number> {
  const next = random(5);
  const on = Array.from({ length: COUNT / 2 }, (_, i) => 2 * i);
  const off = on.map((i) => i + 1);
  let running = true;
  const done = Promise.all(work).finally(() => {
    running = false;
  });
  let rounds = 0;
  for (; running; rounds++) {
    const a = Math.floor(next() * on.length);
    const b = Math.floor(next() * off.length);
    const [gone, come] = [on[a] as number, off[b] as number];
    on[a] = come;
    off[b] = gone;
    const points = [
      { id: gone, vector: [gone], payload: payload(false) },
      { id: come, vector: [come], payload: payload(true) },
    ];
    const written =
      rounds % 3 === 0
        ? client.upsert("c", { points, wait })
        : client.upsert("c", { points: points.toReversed(), wait });
    await Promise.all([written, new Promise((resolve) => setImmediate(resolve))]);
  }
  await done;
  return rounds;
}

const on = match("on", true);
const slow = match("words", "a b c d e f ".repeat(20));
const FILTERS: [string, Filter, indexed: string[]][] = [
  ["without an index", { must: [on] }, []],
  ["without an index, negated", { must_not: [on] }, []],
  ["with an index of it", { must: [on, slow] }, ["on"]],
  ["with an index of something else", { must: [on, match("same", "yes")] }, ["same"]],
  ["with an index, any of both", { should: [match("same", "no"), on] }, ["same"]],
  ["with an index, not any", { must_not: [match("same", "no"), on] }, ["same"]],
];

test.each(FILTERS)("%s", async (_, filter, indexed) => {
  await using client = await switches();
  for (const field_name of indexed) {
    const field_schema = field_name === "on" ? "bool" : "keyword";
    await client.createPayloadIndex("c", { field_name, field_schema, wait });
  }
  const half = COUNT / 2;
  const wanted = !JSON.stringify(filter).includes("must_not");
  const counts = [1, 2, 3].map(async () =>
    expect(await client.count("c", { filter })).toEqual({ count: half }),
  );
  const query = async (request: object) => {
    const { points } = await client.query(
      "c",
      untyped({ ...request, filter, limit: COUNT, with_payload: ["on"] }),
    );
    expect(points).toHaveLength(half);
    for (const { payload } of points) expect(payload).toEqual({ on: wanted });
  };
  const rounds = await whileSwitching(client, [...counts, query({ query: [1] })]);
  // There were turns in between.
  expect(rounds).toBeGreaterThan(3);
});

test("a write by a filter is of the points that meet it when its turn comes", async () => {
  await using client = await switches();
  const seen = client.setPayload("c", { payload: { seen: true }, filter: { must: [on, slow] }, wait });
  const rounds = await whileSwitching(client, [seen]);
  expect(rounds).toBeGreaterThan(0);
  // Replaced points lose the mark: whoever has it was on, and is as it was.
  const both = { must: [match("seen", true)] };
  const marked = await client.count("c", { filter: both });
  expect(marked.count).toBe(await countOf(client, { must: [match("seen", true), on] }));
  expect(marked.count).toBeGreaterThan(COUNT / 2 - 2 * rounds - 1);
});

async function countOf(client: Client, filter: Filter): Promise<number> {
  return (await client.count("c", { filter })).count;
}
