/**
 * A tour through the official client: each of its methods, as a program calls it that knows only `QdrantClient`, driven by
 * nearvec. What it takes and what it expects is written against the official client's types.
 */
import { QdrantClient } from "@qdrant/js-client-rest";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { NearvecClient } from "../../src/client/client.ts";
import { NOT_YET } from "../../src/client/not-yet.ts";
import { open } from "../../src/index.ts";
import { tourCollections } from "./tour/collections.ts";
import { tourFields } from "./tour/fields.ts";
import { tourLater } from "./tour/later.ts";
import { tourPoints } from "./tour/points.ts";
import { tourSearches } from "./tour/searches.ts";
import { tourSnapshots } from "./tour/snapshots.ts";
import { tourVectors } from "./tour/vectors.ts";

let engine: NearvecClient;
let official: QdrantClient;
const toured = new Set<string>();

beforeAll(async () => {
  engine = await open();
  official = new Proxy(engine.asQdrantClient(), {
    get(target, name: keyof QdrantClient) {
      toured.add(name);
      return target[name].bind(target);
    },
  });
});
afterAll(() => engine.close());

const client = () => official;
tourCollections(client);
tourPoints(client);
tourSearches(client);
tourFields(client);
tourVectors(client);
tourSnapshots(client);
tourLater(client);

test("the tour called every method that nearvec has", () => {
  const notYet: readonly string[] = NOT_YET;
  const names = Object.getOwnPropertyNames(QdrantClient.prototype);
  const missing = names.filter((name) => !toured.has(name) && !notYet.includes(name));
  expect(missing.sort()).toEqual(["api", "constructor"]);
});
