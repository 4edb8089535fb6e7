import { describe, expect, test } from "vitest";
import { open } from "../../src/index.ts";
import { rejection, untyped } from "./support.ts";

const wait = true;

async function withPoints(count: number) {
  const client = await open();
  await client.createCollection("c", { vectors: { size: 1, distance: "Dot" } });
  const points = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => ({
      id: from + i,
      vector: {},
      payload: { n: from + i, word: `w${(from + i) % 50}` },
    }));
  for (let from = 0; from < count; from += 10_000) {
    await client.upsert("c", { points: points(from, Math.min(count, from + 10_000)) });
  }
  const schema = async () => (await client.getCollection("c")).payload_schema;
  return { client, schema };
}

const below = (n: number) => ({ must: [{ key: "n", range: { lt: n } }] });

describe("creating", () => {
  test("answers when the index is complete, or at once", async () => {
    const { client, schema } = await withPoints(30_000);
    const first = await client.createPayloadIndex("c", { field_name: "n", field_schema: "integer", wait });
    expect(first.status).toBe("completed");
    expect(await schema()).toEqual({ n: { data_type: "integer", points: 30_000 } });
    const second = await client.createPayloadIndex("c", { field_name: "word", field_schema: "keyword" });
    expect(second).toEqual({ operation_id: (first.operation_id ?? 0) + 1, status: "acknowledged" });
    expect((await schema()).word?.points).toBeLessThan(30_000);
    // Neither a filter nor a write waits for it.
    expect(await client.count("c", { filter: below(100) })).toEqual({ count: 100 });
    await client.delete("c", { points: [0, 29_999], wait });
    const again = await client.createPayloadIndex("c", { field_name: "word", field_schema: "keyword", wait });
    expect(again.status).toBe("completed");
    expect((await schema()).word).toEqual({ data_type: "keyword", points: 29_998 });
    await client.close();
  });

  test("of a small collection is over when the call returns", async () => {
    const { client, schema } = await withPoints(100);
    await client.createPayloadIndex("c", { field_name: "n", field_schema: "integer" });
    expect(await schema()).toEqual({ n: { data_type: "integer", points: 100 } });
    await client.close();
  });

  test("takes its turn among the writes", async () => {
    const { client, schema } = await withPoints(10);
    const results = await Promise.all([
      client.setPayload("c", { points: [1], payload: { late: "x" } }),
      client.createPayloadIndex("c", { field_name: "late", field_schema: "text", wait }),
      client.setPayload("c", { points: [2], payload: { late: "x" } }),
      client.createPayloadIndex("c", { field_name: "n", field_schema: "float", wait }),
      client.deletePayloadIndex("c", "late"),
      client.delete("c", { points: [1], wait }),
    ]);
    const numbers = results.map(({ operation_id }) => operation_id ?? 0);
    expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 0) + i));
    expect(await schema()).toEqual({ n: { data_type: "float", points: 9 } });
    await client.close();
  });

  test("shows the options that were given, and a copy of them", async () => {
    const { client, schema } = await withPoints(3);
    const field_schema = { type: "keyword" as const, is_tenant: true, on_disk: null, prefix: true };
    await client.createPayloadIndex("c", { field_name: 'a."b c"[].d', field_schema, wait });
    field_schema.is_tenant = false;
    const expected = {
      'a."b c"[].d': {
        data_type: "keyword",
        params: { type: "keyword", is_tenant: true, prefix: true },
        points: 0,
      },
    };
    const shown = await schema();
    expect(shown).toEqual(expected);
    for (const info of Object.values(shown)) Object.assign(info.params ?? {}, { prefix: false });
    expect(await schema()).toEqual(expected);
    // Another spelling of the same path.
    await client.deletePayloadIndex("c", '"a"."b c"[]."d"');
    expect(await schema()).toEqual({});
    await client.close();
  });

  test.each<[string, unknown, string]>([
    ["no schema", { field_name: "n" }, "field_schema"],
    ["both names of it", { field_name: "n", field_schema: "float", field_type: "float" }, "field_schema"],
    ["a foreign option", { field_name: "n", field_schema: { type: "float", lookup: true } }, "lookup"],
    ["a wrong option", { field_name: "n", field_schema: { type: "float", on_disk: 1 } }, "on_disk"],
    ["a wrong place", { field_name: "n", field_schema: { type: "bool", memory: "hot" } }, "memory"],
    ["a wrong wait", { field_name: "n", field_schema: "float", wait: 1 }, "wait"],
    ["a wrong ordering", { field_name: "n", field_schema: "float", ordering: "any" }, "ordering"],
    ["a wrong timeout", { field_name: "n", field_schema: "float", timeout: 0 }, "timeout"],
    ["an unknown argument", { field_name: "n", field_schema: "float", field: 1 }, "field"],
  ])("refuses %s", async (_, request, word) => {
    const { client, schema } = await withPoints(1);
    const error = await rejection(() => client.createPayloadIndex("c", untyped(request)));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining(word) });
    expect(await schema()).toEqual({});
    await client.close();
  });
});

test("indexes show in the memory, and give it back", async () => {
  const { client } = await withPoints(20_000);
  const indexes = () => client.info().memory.indexes;
  expect(indexes()).toBe(0);
  const before = client.info().memory.total;
  await client.createPayloadIndex("c", { field_name: "n", field_schema: "integer", wait });
  expect(indexes()).toBeGreaterThan(20_000 * 12);
  expect(client.info().memory.total).toBe(before + indexes());
  await client.deletePayloadIndex("c", "n");
  expect(indexes()).toBe(0);
  await client.close();
});

test("whoever waits for an index is told when its collection goes", async () => {
  const { client } = await withPoints(30_000);
  const building = rejection(() =>
    client.createPayloadIndex("c", { field_name: "n", field_schema: "integer", wait }),
  );
  await new Promise((resolve) => setTimeout(resolve, 1));
  await client.deleteCollection("c");
  expect((await building).code).toBe("CLOSED");
  await client.close();
});
