/** Nearest points, grouped by a field. */
import { expect, test } from "vitest";
import { type Client, connect, match, refused, untyped, withCollection } from "./support.ts";

/** Points 1, 2, … at [10], [20], … (dot product), with `g` as given. */
function grouped(...values: unknown[]): Promise<Client> {
  return withCollection(
    { vectors: { size: 1, distance: "Dot" } },
    values.map((g, i) => ({
      id: i + 1,
      vector: [(i + 1) * 10],
      payload: g === undefined ? {} : { g, n: i + 1 },
    })),
  );
}

async function groups(client: Client, more: object = {}): Promise<unknown[]> {
  const answer = await client.queryGroups("c", { query: [1], group_by: "g", ...more });
  return answer.groups.map(({ id, hits }) => [id, hits.map((hit) => hit.id)]);
}

test("groups come by their best hit, with at most three hits of each", async () => {
  await using client = await grouped("a", "b", "a", "a", "a", "c", "b");
  expect(await groups(client)).toEqual([
    ["b", [7, 2]],
    ["c", [6]],
    ["a", [5, 4, 3]],
  ]);
  expect(await groups(client, { group_size: 1 })).toEqual([
    ["b", [7]],
    ["c", [6]],
    ["a", [5]],
  ]);
  expect(await groups(client, { group_size: 10, limit: 1 })).toEqual([["b", [7, 2]]]);
  expect(await groups(client, { limit: 2 })).toEqual([
    ["b", [7, 2]],
    ["c", [6]],
  ]);
});

test("ten groups are given unless asked otherwise", async () => {
  await using client = await grouped(...Array.from({ length: 25 }, (_, i) => i % 12));
  const answer = (await groups(client)) as [number, number[]][];
  expect(answer.map(([id]) => id)).toEqual([0, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
  expect(answer[0]?.[1]).toEqual([25, 13, 1]);
});

test("hits carry score, payload and vector as asked", async () => {
  await using client = await grouped("a", "a");
  const more = { group_by: "g", query: [2], with_payload: true, with_vector: true };
  const [group] = (await client.queryGroups("c", more)).groups;
  expect(group).toMatchObject({
    id: "a",
    hits: [
      { id: 2, score: 40, payload: { g: "a", n: 2 }, vector: [20] },
      { id: 1, score: 20, payload: { g: "a", n: 1 }, vector: [10] },
    ],
  });
});

test("ids of groups are texts or integers, and kept apart", async () => {
  await using client = await grouped("1", 1, -3, "1", 2 ** 40);
  expect(await groups(client)).toEqual([
    [2 ** 40, [5]],
    ["1", [4, 1]],
    [-3, [3]],
    [1, [2]],
  ]);
});

test("a list puts its point into each of its groups, once", async () => {
  await using client = await grouped(["a", "b"], "b", ["a", "a"], []);
  expect(await groups(client)).toEqual([
    ["a", [3, 1]],
    ["b", [2, 1]],
  ]);
});

test("a point whose value, or one of its values, can't name a group is left out", async () => {
  await using client = await grouped("a", 1.5, true, null, { x: 1 }, ["a", 2.5], ["a", null], undefined, [
    "a",
    "b",
  ]);
  expect(await groups(client)).toEqual([
    ["a", [9, 1]],
    ["b", [9]],
  ]);
});

test("a field inside objects and lists", async () => {
  await using client = await grouped({ x: "a" }, { x: "b" }, { x: "a" });
  expect(await groups(client, { group_by: "g.x" })).toEqual([
    ["a", [3, 1]],
    ["b", [2]],
  ]);
  await client.setPayload("c", { payload: { l: [{ y: 1 }, { y: 2 }] }, points: [1, 2], wait: true });
  expect(await groups(client, { group_by: "l[].y" })).toEqual([
    [1, [2, 1]],
    [2, [2, 1]],
  ]);
});

test("filter and threshold hold; by an id the point itself is left out", async () => {
  await using client = await grouped("a", "b", "a", "b");
  expect(await groups(client, { filter: { must: [match("g", "a")] } })).toEqual([["a", [3, 1]]]);
  expect(await groups(client, { score_threshold: 15 })).toEqual([
    ["b", [4, 2]],
    ["a", [3]],
  ]);
  expect(await groups(client, { query: 4 })).toEqual([
    ["a", [3, 1]],
    ["b", [2]],
  ]);
  expect(await groups(client, { params: { exact: true } })).toEqual([
    ["b", [4, 2]],
    ["a", [3, 1]],
  ]);
});

test("with a distance the smaller comes first", async () => {
  await using client = await withCollection(
    { vectors: { size: 1, distance: "Euclid" } },
    ["a", "b", "b", "a"].map((g, i) => ({ id: i + 1, vector: [i + 1], payload: { g } })),
  );
  const answer = await client.queryGroups("c", { query: [2.9], group_by: "g", group_size: 1 });
  expect(answer.groups.map(({ id, hits }) => [id, hits[0]?.id])).toEqual([
    ["b", 3],
    ["a", 4],
  ]);
});

test("a large group does not hide the others", async () => {
  const values = [...Array.from({ length: 30 }, (_, i) => `rare${i}`), ...new Array(2000).fill("big")];
  await using client = await grouped(...values);
  const answer = (await groups(client, { limit: 31, group_size: 2 })) as [string, number[]][];
  expect(answer).toHaveLength(31);
  expect(answer[0]).toEqual(["big", [2030, 2029]]);
  expect(answer[1]).toEqual(["rare29", [30]]);
});

test("with_lookup fetches the record that has the group's id", async () => {
  await using client = await grouped(1, 2, 1, 3);
  await client.createCollection("docs", { vectors: { size: 1, distance: "Dot" } });
  await client.upsert("docs", {
    points: [1, 2].map((id) => ({ id, vector: [id], payload: { title: `doc ${id}`, text: "long" } })),
    wait: true,
  });
  const lookups = async (with_lookup: string | object) => {
    const request = { query: [1], group_by: "g", with_lookup: untyped<string>(with_lookup) };
    return (await client.queryGroups("c", request)).groups.map(({ id, lookup }) => [id, lookup ?? null]);
  };
  expect(await lookups("docs")).toEqual([
    [3, null],
    [1, { id: 1, payload: { title: "doc 1", text: "long" } }],
    [2, { id: 2, payload: { title: "doc 2", text: "long" } }],
  ]);
  const select = { collection: "docs", with_payload: ["title"], with_vectors: true };
  expect((await lookups(select))[1]).toEqual([1, { id: 1, payload: { title: "doc 1" }, vector: [1] }]);
  await refused(lookups("nowhere"), "COLLECTION_NOT_FOUND", "nowhere");
});

test("a UUID as a group's id finds its record too", async () => {
  const uuid = "550e8400-e29b-41d4-a716-446655440000";
  await using client = await connect();
  for (const name of ["c", "docs"]) {
    await client.createCollection(name, { vectors: { size: 1, distance: "Dot" } });
    await client.upsert(name, { points: [{ id: uuid, vector: [1], payload: { g: uuid } }], wait: true });
  }
  const answer = await client.queryGroups("c", { query: [1], group_by: "g", with_lookup: "docs" });
  expect(answer.groups).toMatchObject([{ id: uuid, hits: [{ id: uuid }], lookup: { id: uuid } }]);
});

test("search groups, as older clients have them", async () => {
  await using client = await grouped("a", "b", "a");
  const answer = await client.searchPointGroups("c", {
    vector: [1],
    group_by: "g",
    limit: 10,
    group_size: 1,
  });
  expect(answer.groups.map(({ id, hits }) => [id, hits.map((hit) => hit.id)])).toEqual([
    ["a", [3]],
    ["b", [2]],
  ]);
});

test("what is missing or wrong is refused", async () => {
  await using client = await grouped("a");
  await refused(client.queryGroups("c", untyped({ query: [1] })), "INVALID_ARGUMENT", "group_by");
  for (const what of ["limit", "group_size"]) {
    const request = untyped<{ group_by: string }>({ query: [1], group_by: "g", [what]: 0 });
    await refused(client.queryGroups("c", request), "INVALID_ARGUMENT", what);
  }
  const paged = untyped<{ group_by: string }>({ query: [1], group_by: "g", offset: 1 });
  await refused(client.queryGroups("c", paged), "INVALID_ARGUMENT", "offset");
});
