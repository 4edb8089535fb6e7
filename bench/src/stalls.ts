/**
 * How long the event loop waits at most while a filter is asked of a million points that no index helps with: for each
 * kind of condition, for counting, scrolling to the end, and querying; and with writes that a filter says the points of.
 */

import { parseArgs } from "node:util";
import { type NearvecClient, open } from "../../dist/index.js";
import { permutation, randomNumbers } from "./data/random.ts";
import { longestStall, type Stall } from "./measure/stall.ts";
import { median } from "./measure/statistics.ts";
import { ReportFiles } from "./report/files.ts";
import { machineLine } from "./report/machine.ts";
import { figure, table } from "./report/markdown.ts";

const { values: flags } = parseArgs({
  options: {
    count: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "3" },
    only: { type: "string", default: "" },
  },
});
const COUNT = Number(flags.count);
const ROUNDS = Number(flags.rounds);
const BATCH = 1000;
const COLLECTION = "points";
const COLORS = ["red", "green", "blue", "black", "white", "gray", "pink", "teal", "gold", "lime"];
/** No turn should take longer, in milliseconds. */
const WANTED = 20;

const random = randomNumbers(7);

function payloadOf(i: number) {
  return {
    color: COLORS[i % COLORS.length],
    price: (i * 7919) % 100_000,
    name: `item number ${i}`,
    tags: [`t${i % 13}`, `t${i % 101}`],
    at: { lon: (i % 360) - 180, lat: (i % 180) - 90 },
    made: new Date(1.7e12 + i * 1e5).toISOString(),
    parts: [{ size: i % 7, kind: "a" }, { kind: "b" }],
    ...(i % 3 === 0 && { note: null }),
  };
}

async function fill(client: NearvecClient): Promise<void> {
  await client.createCollection(COLLECTION, { vectors: { size: 4, distance: "Dot", hnsw_config: { m: 0 } } });
  for (let first = 0; first < COUNT; first += BATCH) {
    const ids = Uint32Array.from({ length: BATCH }, (_, i) => first + i);
    const payloads = Array.from(ids, payloadOf);
    const vectors = Float32Array.from({ length: BATCH * 4 }, () => random() - 0.5);
    await client.upsert(COLLECTION, { batch: { ids, vectors, payloads } });
  }
}

type Filter = NonNullable<Parameters<NearvecClient["count"]>[1]>["filter"];

const color = (value: string) => ({ key: "color", match: { value } });
const ring = (west: number, south: number, side: number) => ({
  points: [
    [west, south],
    [west + side, south],
    [west + side, south + side],
    [west, south + side],
    [west, south],
  ].map(([lon, lat]) => ({ lon: lon as number, lat: lat as number })),
});
const words = (count: number) => Array.from({ length: count }, (_, i) => `t${i}`);

const FILTERS: Record<string, Filter> = {
  "match value": { must: color("red") },
  "match any, 3 of 10": { must: { key: "color", match: { any: ["red", "blue", "lime"] } } },
  "match any, 10,000 words": { must: { key: "tags", match: { any: words(10_000) } } },
  except: { must: { key: "color", match: { except: ["red"] } } },
  text: { must: { key: "name", match: { text: "number 77" } } },
  text_any: { must: { key: "name", match: { text_any: "777 888 999" } } },
  phrase: { must: { key: "name", match: { phrase: "item number 5" } } },
  prefix: { must: { key: "name", match: { prefix: "item number 5" } } },
  range: { must: { key: "price", range: { gte: 10_000, lt: 20_000 } } },
  datetime: { must: { key: "made", range: { gte: "2023-12-01", lt: "2024-01-01T00:00:00Z" } } },
  "geo radius": { must: { key: "at", geo_radius: { center: { lon: 10, lat: 50 }, radius: 500_000 } } },
  "geo box": {
    must: {
      key: "at",
      geo_bounding_box: { top_left: { lon: 170, lat: 60 }, bottom_right: { lon: -170, lat: -60 } },
    },
  },
  "geo polygon with a hole": {
    must: { key: "at", geo_polygon: { exterior: ring(-50, -50, 100), interiors: [ring(0, 0, 20)] } },
  },
  values_count: { must: { key: "tags", values_count: { gte: 2 } } },
  is_empty: { must: { is_empty: { key: "note" } } },
  is_null: { must: { is_null: { key: "note" } } },
  "has_id, 100,000 ids": { must: { has_id: Array.from(permutation(COUNT, 5).subarray(0, 100_000)) } },
  "must_not has_id, 100,000 ids": {
    must_not: { has_id: Array.from(permutation(COUNT, 6).subarray(0, 100_000)) },
  },
  "has_id, 100,000 ids, and match": {
    must: [{ has_id: Array.from(permutation(COUNT, 5).subarray(0, 100_000)) }, color("red")],
  },
  has_vector: { must: { has_vector: "" } },
  nested: {
    must: {
      nested: {
        key: "parts",
        filter: {
          must: [
            { key: "size", range: { lt: 3 } },
            { key: "kind", match: { value: "a" } },
          ],
        },
      },
    },
  },
  slice: { must: { slice: { total: 10, index: 3 } } },
  min_should: {
    min_should: {
      conditions: [color("red"), { key: "price", range: { lt: 50_000 } }, { is_null: { key: "note" } }],
      min_count: 2,
    },
  },
  "should, nothing": { should: [color("none"), { key: "price", range: { lt: 0 } }] },
  must_not: { must_not: color("red") },
};

const RARE = { must: color("none") };

const REQUESTS: Record<string, (client: NearvecClient, filter: Filter) => Promise<unknown>> = {
  count: (client, filter) => client.count(COLLECTION, { filter }),
  // A page that is never full, so that all points are asked.
  scroll: (client, filter) =>
    client.scroll(COLLECTION, { filter: { must: [filter ?? {}, RARE] }, limit: 10 }),
  query: (client, filter) => client.query(COLLECTION, { query: [0.1, 0.2, 0.3, 0.4], filter, limit: 10 }),
};

const OTHERS: Record<string, (client: NearvecClient) => Promise<unknown>> = {
  "nothing for 300 ms": () => new Promise((resolve) => setTimeout(resolve, 300)),
  "query without a filter": (client) => client.query(COLLECTION, { query: [0.1, 0.2, 0.3, 0.4] }),
  "query for 10,000": (client) => client.query(COLLECTION, { query: [0.1, 0.2, 0.3, 0.4], limit: 10_000 }),
  "query/groups with a filter": (client) =>
    client.queryGroups(COLLECTION, {
      query: [0.1, 0.2, 0.3, 0.4],
      group_by: "color",
      filter: FILTERS.range ?? {},
    }),
  "scroll for 10,000 payloads": (client) => client.scroll(COLLECTION, { limit: 10_000 }),
};

/** Each once: a second time there is nothing left to do. */
const WRITES: typeof OTHERS = {
  "setPayload for none": (client) => client.setPayload(COLLECTION, { payload: { seen: true }, filter: RARE }),
  "setPayload for 10 %": (client) =>
    client.setPayload(COLLECTION, { payload: { seen: true }, filter: FILTERS["match value"] ?? {} }),
  "delete 10 % by a filter": (client) => client.delete(COLLECTION, { filter: { must: color("lime") } }),
};

async function stall(work: () => Promise<unknown>, times = ROUNDS): Promise<Stall> {
  const rounds: Stall[] = [];
  for (let i = 0; i < times; i++) rounds.push(await longestStall(work));
  return {
    wall: median(rounds.map(({ wall }) => wall)),
    cpu: median(rounds.map(({ cpu }) => cpu)),
  };
}

const shown = ({ wall, cpu }: Stall) => `${figure(wall, 1)} / ${figure(cpu, 1)}${cpu > WANTED ? " !" : ""}`;

const files = new ReportFiles("stalls");
const client = await open();
await fill(client);
const results: Record<string, Record<string, Stall>> = {};
const rows: string[][] = [];
for (const [name, filter] of Object.entries(FILTERS)) {
  if (!name.includes(flags.only)) continue;
  const own: Record<string, Stall> = {};
  for (const [request, send] of Object.entries(REQUESTS))
    own[request] = await stall(() => send(client, filter));
  results[name] = own;
  rows.push([name, ...Object.values(own).map(shown)]);
  console.error(rows.at(-1)?.join("  "));
}
const others: string[][] = [];
for (const [name, send] of Object.entries({ ...OTHERS, ...WRITES })) {
  if (!name.includes(flags.only)) continue;
  const own = await stall(() => send(client), Object.hasOwn(WRITES, name) ? 1 : ROUNDS);
  results[name] = { "": own };
  others.push([name, shown(own)]);
  console.error(others.at(-1)?.join("  "));
}
await client.close();

const text = [
  `The longest stall of the event loop in ms, over ${COUNT.toLocaleString("en")} points without indexes: wall clock / computed`,
  `(median of ${ROUNDS} rounds; wanted: at most ${WANTED})`,
  "",
  table(["", ...Object.keys(REQUESTS)], rows),
  "",
  table(["", "longest stall"], others),
  "",
  machineLine(files.machine),
].join("\n");
console.log(`${text}\n\n${files.writeResults(results)}`);
files.write("md", `${text}\n`);
