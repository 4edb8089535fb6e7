/** Parts of payloads by JSON paths. */
import { expect, test } from "vitest";
import { type Client, withPayloads } from "./support.ts";

const PAYLOAD = {
  a: { b: 1, c: { d: 2, e: 3 } },
  list: [
    { x: 1, y: 2 },
    { x: 3, y: 4 },
  ],
  "key with . dot": 5,
  text: "t",
};

type Selector = string[] | { include: string[] } | { exclude: string[] };

async function select(with_payload: Selector): Promise<unknown> {
  await using client: Client = await withPayloads(PAYLOAD);
  const [scrolled] = (await client.scroll("c", { with_payload })).points;
  const [retrieved] = await client.retrieve("c", { ids: [1], with_payload });
  const [scored] = (await client.query("c", { query: [1], with_payload })).points;
  expect(retrieved?.payload).toEqual(scrolled?.payload);
  expect(scored?.payload).toEqual(scrolled?.payload);
  return scrolled?.payload;
}

test.each<[string, string[], unknown]>([
  ["a key inside an object", ["a.b"], { a: { b: 1 } }],
  ["an object inside an object", ["a.c"], { a: { c: { d: 2, e: 3 } } }],
  ["several paths, one inside another", ["a.c.d", "a.b", "text"], { a: { b: 1, c: { d: 2 } }, text: "t" }],
  ["a key of every element", ["list[].x"], { list: [{ x: 1 }, { x: 3 }] }],
  ["a quoted key", ['"key with . dot"'], { "key with . dot": 5 }],
  ["nothing that is there", ["none", "none.x"], {}],
])("include: %s", async (_, paths, expected) => {
  expect(await select(paths)).toEqual(expected);
  expect(await select({ include: paths })).toEqual(expected);
});

test.each<[string, string[], unknown]>([
  ["a key inside an object", ["a.b"], { ...PAYLOAD, a: { c: { d: 2, e: 3 } } }],
  ["an object inside an object", ["a.c"], { ...PAYLOAD, a: { b: 1 } }],
  ["several paths", ["a.c.d", "list", "text"], { a: { b: 1, c: { e: 3 } }, "key with . dot": 5 }],
  ["a key of every element", ["list[].x"], { ...PAYLOAD, list: [{ y: 2 }, { y: 4 }] }],
  ["a quoted key", ['"key with . dot"'], { a: PAYLOAD.a, list: PAYLOAD.list, text: "t" }],
  ["nothing that is there", ["none", "a.none"], PAYLOAD],
])("exclude: %s", async (_, exclude, expected) => {
  expect(await select({ exclude })).toEqual(expected);
});
