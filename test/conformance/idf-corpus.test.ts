/** The documents among which idf counts how rare an index is. */
import { test } from "vitest";
import { random, withIdf } from "./naive.ts";
import { compare, holding, IDF, PLAIN, randomSparse, sparse } from "./sparse-support.ts";
import { match, refused } from "./support.ts";

test("idf of a corpus: what meets its filter counts, whatever is searched", async () => {
  const next = random(17);
  const documents = Array.from({ length: 60 }, () => randomSparse(next, 15, 5));
  await using client = await holding(IDF, documents);
  const query = randomSparse(next, 15, 5);
  const even = documents.filter((_, i) => i % 2 === 1);
  const corpus = { must: [match("even", true)] };
  await compare(client, query, withIdf(query, even), documents, { idf: { corpus } });
  await compare(client, query, withIdf(query, documents), documents, { idf: "global" });
  // An empty corpus never falls back to all.
  const none = { must: [match("even", "never")] };
  await compare(client, query, withIdf(query, []), documents, { idf: { corpus: none } });
});

test("a corpus without the modifier is refused", async () => {
  await using client = await holding(PLAIN, [sparse({ 1: 1 })]);
  const params = { idf: { corpus: { must: [match("even", true)] } } };
  await refused(
    client.query("c", { query: sparse({ 1: 1 }), using: "s", params }),
    "INVALID_ARGUMENT",
    "idf",
  );
});
