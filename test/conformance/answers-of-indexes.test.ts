/** As `answers.test.ts`, of what payload indexes give. */
import { expect, test } from "vitest";
import { violations } from "./schema.ts";
import { withPayloads } from "./support.ts";

const wait = true;
const fits = (name: string, answer: unknown) => expect(violations(name, answer), name).toEqual([]);

test("answers about indexes have the shapes of the API", async () => {
  await using client = await withPayloads({ k: "a", n: 1, t: "two words" }, { k: ["a", "b"], n: 2.5 });
  fits(
    "UpdateResult",
    await client.createPayloadIndex("c", { field_name: "k", field_schema: "keyword", wait }),
  );
  fits(
    "UpdateResult",
    await client.createPayloadIndex("c", { field_name: "n", field_schema: "float", wait: false }),
  );
  const text = { type: "text", tokenizer: "word", stopwords: "english", phrase_matching: true } as const;
  fits("UpdateResult", await client.createPayloadIndex("c", { field_name: "t", field_schema: text, wait }));
  fits("CollectionInfo", await client.getCollection("c"));
  fits("FacetResponse", await client.facet("c", { key: "k" }));
  for (const record of (await client.scroll("c", { order_by: "n" })).points) fits("Record", record);
  fits("QueryResponse", await client.query("c", { query: { order_by: "n" } }));
  fits("UpdateResult", await client.deletePayloadIndex("c", "k", { wait }));
});
