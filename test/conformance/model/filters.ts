/** Filters of every kind, of the fields that payloads have. */
import { parseId } from "../../../src/points/ids.ts";
import { type Json, naive } from "../../filters/naive.ts";
import type { Chance } from "./chance.ts";
import { DATES, integer, UUIDS, WORDS } from "./payloads.ts";

export type Filter = Record<string, unknown>;
export type PointId = number | bigint | string;

const PATHS = [
  "kw",
  "n",
  "f",
  "b",
  "at",
  "place",
  "u",
  "words",
  "o.x",
  "o.y",
  "list[].x",
  "list[].y",
  "list[0].x",
];

/** What a filter may ask of a collection. */
export interface Asked {
  ids: readonly PointId[];
  names: readonly string[];
}

export function aFilter(chance: Chance, asked: Asked, depth = 2): Filter {
  const filter: Filter = {};
  const clause = () => chance.some(2, () => aCondition(chance, asked, depth));
  for (const name of ["must", "should", "must_not"]) {
    if (chance.is(0.4) || (name === "must" && chance.is(0.3)))
      filter[name] = chance.is(0.2) ? aCondition(chance, asked, depth) : clause();
  }
  if (chance.is(0.1)) {
    filter.min_should = {
      conditions: chance.some(3, () => aCondition(chance, asked, depth)),
      min_count: chance.between(0, 3),
    };
  }
  return filter;
}

function aCondition(chance: Chance, asked: Asked, depth: number): Filter {
  if (depth > 0 && chance.is(0.1)) return aFilter(chance, asked, depth - 1);
  if (depth > 0 && chance.is(0.08)) {
    const filter = inElements(chance);
    return { nested: { key: chance.pick(["list", "list[]", "o"]), filter } };
  }
  return chance.is(0.15) ? ofPoint(chance, asked) : ofField(chance, chance.pick(PATHS));
}

function ofPoint(chance: Chance, { ids, names }: Asked): Filter {
  return chance.one<Filter>(
    () => ({ has_id: chance.some(6, () => chance.pick(ids)) }),
    () => ({ has_vector: chance.pick(names) }),
    () => {
      const total = chance.between(1, 4);
      return { slice: { total, index: chance.below(total) } };
    },
  );
}

function inElements(chance: Chance): Filter {
  const condition = () => ofField(chance, chance.pick(["x", "y"]));
  return chance.one<Filter>(
    () => ({ must: [condition(), condition()] }),
    () => ({ must: condition(), must_not: [condition()] }),
    () => ({ should: [condition(), condition()] }),
  );
}

const place = (lon: number, lat: number) => ({ lon, lat });
const ring = (...corners: [number, number][]) => ({ points: corners.map(([lon, lat]) => place(lon, lat)) });

/** The tests that find something at a path; now and then any other. */
function ofField(chance: Chance, key: string): Filter {
  if (chance.is(0.2)) return { key, ...chance.one(...ANY.map((make) => () => make(chance))) };
  if (chance.is(0.2)) return chance.pick<Filter>([{ is_empty: { key } }, { is_null: { key } }]);
  const [, makers] = OF_PATHS.find(([paths]) => paths.includes(key)) ?? [[], ANY];
  return { key, ...chance.one(...makers.map((make) => () => make(chance))) };
}

type Make = (chance: Chance) => Filter;

function bounds(chance: Chance, bound: () => unknown): Filter {
  const names = ["gt", "gte", "lt", "lte"].filter(() => chance.is(0.3));
  return Object.fromEntries((names.length > 0 ? names : ["gt"]).map((name) => [name, bound()]));
}

const keyword = (chance: Chance) => chance.pick(["a", "b", "c", "ab", "B", "", UUIDS[0], UUIDS[1]]);
const number = (chance: Chance) => chance.pick([-2, 0, 0.5, 1, 3, 7, 2 ** 53]);
const match = (match: Filter): Filter => ({ match });

const KEYWORDS: Make[] = [
  (chance) => match({ value: keyword(chance) }),
  (chance) => match({ any: chance.some(3, () => keyword(chance)) }),
  (chance) => match({ except: chance.some(3, () => keyword(chance)) }),
  (chance) => match({ prefix: chance.pick(["a", "", "5"]) }),
];
const INTEGERS: Make[] = [
  (chance) => match({ value: integer(chance) }),
  (chance) => match({ any: chance.some(3, () => integer(chance)) }),
  (chance) => match({ except: chance.some(3, () => integer(chance)) }),
];
const RANGES: Make[] = [(chance) => ({ range: bounds(chance, () => number(chance)) })];
const BOOLS: Make[] = [(chance) => match({ value: chance.is(0.5) })];
const TIMES: Make[] = [(chance) => ({ range: bounds(chance, () => chance.pick(DATES)) })];
const TEXTS: Make[] = [
  (chance) => match({ text: aText(chance) }),
  (chance) => match({ text_any: aText(chance) }),
  (chance) => match({ phrase: aText(chance) }),
];
const PLACES: Make[] = [
  (chance) => ({ geo_radius: { center: place(13.2, 52.4), radius: chance.pick([0, 10_000, 1e6, 2e7]) } }),
  (chance) => ({
    geo_bounding_box: chance.pick([
      { top_left: place(13, 53), bottom_right: place(14, 52) },
      { top_left: place(170, 10), bottom_right: place(-170, -20) },
    ]),
  }),
  (chance) => ({
    geo_polygon: {
      exterior: ring([-10, -10], [20, -10], [20, 60], [-10, 60], [-10, -10]),
      ...(chance.is(0.5) && {
        interiors: [ring([13.3, 52.45], [13.5, 52.45], [13.5, 53], [13.3, 53], [13.3, 52.45])],
      }),
    },
  }),
];
const EVERYWHERE: Make[] = [
  (chance) => ({ values_count: bounds(chance, () => chance.below(4)) }),
  (chance) => ({ is_empty: chance.is(0.5) }),
  (chance) => ({ is_null: chance.is(0.5) }),
];
/** But texts: what they mean depends on whether the path's words are indexed. */
const ANY = [...KEYWORDS, ...INTEGERS, ...RANGES, ...BOOLS, ...TIMES, ...PLACES, ...EVERYWHERE];

const OF_PATHS: [string[], Make[]][] = [
  [["kw", "u", "list[].y", "y"], KEYWORDS],
  [["o.x"], [...KEYWORDS, ...INTEGERS]],
  [
    ["n", "o.y", "list[].x", "list[0].x", "x"],
    [...INTEGERS, ...RANGES, ...RANGES],
  ],
  [["f"], RANGES],
  [["b"], BOOLS],
  [["at"], TIMES],
  [["place"], PLACES],
  [["words"], TEXTS],
];

/** Parts of texts for a search without an index; of whole words, so that one with an index finds some. */
const aText = (chance: Chance) => chance.some(2, () => chance.pick(WORDS), 1).join(" ");

/** What of a point a filter is asked of. */
export interface Shown {
  id: PointId;
  payload: Json;
  vectors: readonly string[];
}

/** Whether a point meets a filter, when the texts at some paths are indexed by their words. */
export function meets(filter: Filter, point: Shown, tokenized: ReadonlySet<string>): boolean {
  return naive(canonical(filter), { ...point, tokenized });
}

/** Ids as they come back: the naive evaluator compares them as text. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      key === "has_id" ? (each as PointId[]).map((id) => parseId(id, "id")) : canonical(each),
    ]),
  );
}
