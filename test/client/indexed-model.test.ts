import fc from "fast-check";
import { expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";
import { parseJson } from "../../src/payload/json.ts";
import { content, fieldTest, filter, json, path, value } from "../filters/arbitraries.ts";
import { untyped } from "./support.ts";

const wait = true;

const schema = fc.constantFrom<unknown>(
  "keyword",
  { type: "keyword", prefix: true },
  "integer",
  { type: "integer", lookup: false },
  { type: "integer", range: false },
  "float",
  "bool",
  "datetime",
  "uuid",
  "geo",
);
const indexed = fc.oneof({ weight: 2, arbitrary: fc.constantFrom("a", "b", "a[]", "ключ", "a.b") }, path);

/** Payloads as callers have them. */
const dense = fc.tuple(value, value).map(
  ([a, b]) =>
    new Map([
      ["a", a],
      ["b", b],
    ]),
);
const payload = fc.oneof(content, dense).map((each) => parseJson(json(each)) as object);

const id = fc.integer({ min: 0, max: 60 });
const points = fc.array(id, { minLength: 1, maxLength: 6 });
const selector = fc.oneof(
  { weight: 3, arbitrary: points.map((points) => ({ points })) },
  fc.tuple(indexed, fieldTest).map(([key, asked]) => ({ filter: { must: { key, ...asked } } })),
);

type Call = (client: NearvecClient) => Promise<unknown>;

const write: fc.Arbitrary<Call> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .array(fc.record({ id, payload: fc.option(payload), vector: fc.constant({}) }), {
        minLength: 1,
        maxLength: 10,
      })
      .map((points) => (client: NearvecClient) => client.upsert("c", untyped({ points, wait }))),
  },
  fc.tuple(selector, payload).map(
    ([which, payload]) =>
      (client: NearvecClient) =>
        client.setPayload("c", untyped({ ...which, payload, wait })),
  ),
  fc.tuple(selector, payload, path).map(
    ([which, payload, key]) =>
      (client: NearvecClient) =>
        client.setPayload("c", untyped({ ...which, payload, key, wait })),
  ),
  fc.tuple(selector, payload).map(
    ([which, payload]) =>
      (client: NearvecClient) =>
        client.overwritePayload("c", untyped({ ...which, payload, wait })),
  ),
  fc.tuple(selector, path).map(
    ([which, key]) =>
      (client: NearvecClient) =>
        client.deletePayload("c", untyped({ ...which, keys: [key], wait })),
  ),
  selector.map((which) => (client: NearvecClient) => client.clearPayload("c", untyped({ ...which, wait }))),
  selector.map((which) => (client: NearvecClient) => client.delete("c", untyped({ ...which, wait }))),
);

/** Changes what is indexed. */
const change: fc.Arbitrary<Call> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(indexed, schema).map(
      ([field_name, field_schema]) =>
        (client: NearvecClient) =>
          client.createPayloadIndex("c", untyped({ field_name, field_schema, wait })),
    ),
  },
  indexed.map((field) => (client: NearvecClient) => client.deletePayloadIndex("c", field)),
);

/** What a call answers, or the code of its error, without numbers of operations. */
async function outcome(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (answer) => (typeof answer === "object" && answer !== null && "operation_id" in answer ? "done" : answer),
    (error: { code?: unknown }) => error.code ?? error,
  );
}

test("a collection with indexes answers as one without them", async () => {
  let found = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.option(change), write), { minLength: 5, maxLength: 30 }),
      fc.array(
        fc.oneof(
          filter,
          fc.tuple(indexed, fieldTest).map(([key, asked]) => ({ must: { key, ...asked } })),
        ),
        {
          minLength: 5,
          maxLength: 15,
        },
      ),
      fc.integer({ min: 1, max: 10 }),
      async (steps, filters, limit) => {
        await using plain = await open();
        await using withIndexes = await open();
        for (const client of [plain, withIndexes]) {
          await client.createCollection("c", { vectors: { size: 1, distance: "Dot" } });
        }
        for (const [change, write] of steps) {
          if (change !== null) await change(withIndexes);
          expect(await outcome(write(withIndexes))).toEqual(await outcome(write(plain)));
        }
        for (const filter of filters) {
          const reads: Call[] = [
            (client) => client.count("c", untyped({ filter })),
            (client) => client.scroll("c", untyped({ filter, limit })),
            (client) => client.scroll("c", untyped({ filter, limit, offset: 20 })),
            (client) => client.query("c", untyped({ filter, limit: 100, with_payload: true })).then(ids),
          ];
          for (const read of reads) {
            const answer = await read(plain);
            expect(await read(withIndexes)).toEqual(answer);
            found += Array.isArray(answer) ? answer.length : 0;
          }
        }
      },
    ),
    { numRuns: 60 },
  );
  expect(found).toBeGreaterThan(1000);
}, 60_000);

/** Versions count the changes of indexes, too. */
function ids({ points }: { points: { id: unknown; payload?: unknown }[] }): unknown[] {
  return points.map(({ id, payload }) => [id, payload]);
}
