/** Payloads, the paths into them, and what each payload operation does: as plain as it gets. */
import type { Json } from "../../filters/naive.ts";
import type { Chance } from "./chance.ts";

export type Payload = Record<string, unknown>;

export const UUIDS = [
  "00000000-0000-0000-0000-000000000001",
  "550e8400-e29b-41d4-a716-446655440000",
  "ffffffff-ffff-ffff-ffff-ffffffffffff",
];
export const WORDS = ["red", "green", "blue", "dark", "Light"];
export const DATES = [
  "2024-02-29",
  "2024-02-29T00:00:00.001Z",
  "2024-02-29T12:00:00+02:00",
  "1999-12-31T23:59:59Z",
  "2024-03-01T01:00:00+01:00",
];
const PLACES = [
  { lon: 13.4, lat: 52.5 },
  { lon: 13, lat: 52.4 },
  { lon: -179.9, lat: 0 },
  { lon: 179, lat: -17 },
  { lon: 0, lat: 0 },
];

export const integer = (chance: Chance): unknown =>
  chance.is(0.05) ? chance.pick([2n ** 53n + 1n, -(2n ** 63n), 2n ** 60n]) : chance.between(-3, 9);
const float = (chance: Chance) => chance.pick([0.5, -1.5, 2.25, 1e-9, 3.5]);
const phrase = (chance: Chance) => chance.some(4, () => chance.pick(WORDS)).join(" ");

const MAKERS = {
  kw: (chance: Chance) => chance.pick(["a", "b", "c", "ab", "B", ""]),
  n: integer,
  f: (chance: Chance) =>
    chance.one<unknown>(
      () => float(chance),
      () => chance.between(-2, 3),
    ),
  b: (chance: Chance) => chance.is(0.5),
  at: (chance: Chance) => chance.pick(DATES),
  place: (chance: Chance) => ({ ...chance.pick(PLACES) }),
  u: (chance: Chance) => chance.pick(UUIDS),
  words: phrase,
};
type Field = keyof typeof MAKERS;
const FIELDS = Object.keys(MAKERS) as Field[];

/** A value as one would expect it at a field, and now and then any other. */
function value(chance: Chance, field: Field): unknown {
  if (chance.is(0.6)) return MAKERS[field](chance);
  return chance.one<unknown>(
    () => MAKERS[chance.pick(FIELDS)](chance),
    () => null,
    () => [],
    // Texts stay alone: of a list's texts the words would count together.
    () => (field === "words" ? 5 : chance.some(3, () => MAKERS[field](chance))),
    () => (field === "words" ? false : chance.some(3, () => MAKERS[field](chance), 1)),
    () => (field === "words" ? {} : [MAKERS[field](chance), null]),
    () => ({}),
  );
}

export function aPayload(chance: Chance, most = 5): Payload {
  const payload: Payload = {};
  for (const field of chance.some(most, () => chance.pick(FIELDS))) payload[field] = value(chance, field);
  if (chance.is(0.4))
    payload.o = { ...(chance.is(0.8) && { x: value(chance, "kw") }), y: value(chance, "n") };
  if (chance.is(0.4))
    payload.list = chance.some(3, () =>
      chance.one<unknown>(
        () => ({ x: value(chance, "n"), y: value(chance, "kw") }),
        () => 7,
      ),
    );
  if (chance.is(0.2))
    payload[chance.pick(["with space", "a.b", "ключ", "toString", "constructor"])] = value(chance, "n");
  return payload;
}

/** Paths that a write may name. */
export const PATHS = [
  "kw",
  "n",
  "o",
  "o.x",
  "o.x.deep",
  "list",
  "list[]",
  "list[0]",
  "list[1].x",
  "list[].x",
  "list[].new.er",
  "none[].x",
  "new.er",
  '"with space"',
  '"a.b"',
  "words",
];

/** Paths that an index may be on, with the types that suit them. */
export const INDEXES: readonly (readonly [string, readonly string[]])[] = [
  ["kw", ["keyword"]],
  ["n", ["integer", "float", "keyword"]],
  ["f", ["float", "integer"]],
  ["b", ["bool", "keyword"]],
  ["at", ["datetime", "keyword"]],
  ["place", ["geo"]],
  ["u", ["uuid", "keyword"]],
  ["words", ["text"]],
  ["o.x", ["keyword", "integer"]],
  ["list[].x", ["integer", "keyword"]],
  ["list[].y", ["keyword"]],
];

export function steps(path: string): string[] {
  return [...path.matchAll(/"([^"]*)"|([^.[\]"]+)|(\[\d*\])/g)].map(
    ([, quoted, bare, at]) => quoted ?? bare ?? at ?? "",
  );
}

/** The payload with an object merged in at a path. */
export function setIn(value: unknown, [step, ...rest]: string[], object: Payload): unknown {
  if (step?.startsWith("[")) {
    if (!Array.isArray(value)) return [];
    return value.map((each, i) => (isAt(step, i) ? setIn(each, rest, object) : each));
  }
  const base = isObject(value) ? value : {};
  if (step !== undefined) {
    return { ...base, [step]: setIn(Object.hasOwn(base, step) ? base[step] : null, rest, object) };
  }
  const merged = Object.entries({ ...base, ...object });
  return Object.fromEntries(merged.filter(([key]) => !(Object.hasOwn(object, key) && object[key] === null)));
}

/** The payload without what a path leads to. */
export function deleteIn(value: unknown, [step, ...rest]: string[]): unknown {
  if (step === undefined) return value;
  if (step.startsWith("[")) {
    if (!Array.isArray(value)) return value;
    if (rest.length === 0) return step === "[]" ? [] : value;
    return value.map((each, i) => (isAt(step, i) ? deleteIn(each, rest) : each));
  }
  if (!isObject(value) || !Object.hasOwn(value, step)) return value;
  if (rest.length > 0) return { ...value, [step]: deleteIn(value[step], rest) };
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== step));
}

function isAt(step: string, index: number): boolean {
  return step === "[]" || step === `[${index}]`;
}

function isObject(value: unknown): value is Payload {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A payload as the naive evaluator of filters reads it. */
export function json(value: unknown): Json {
  if (Array.isArray(value)) return value.map(json);
  if (isObject(value)) return new Map(Object.entries(value).map(([key, each]) => [key, json(each)]));
  return Number.isInteger(value) ? BigInt(value as number) : (value as Json);
}

/** The values at a path, elements of lists each for itself: what an index has of a payload. */
export function valuesAt(payload: Json, path: string): Json[] {
  let values: Json[] = [payload];
  for (const step of steps(path)) {
    values = values.flatMap((value) => {
      if (step === "[]") return Array.isArray(value) ? value : [];
      return value instanceof Map && value.has(step) ? [value.get(step) as Json] : [];
    });
  }
  return values.flatMap((value) => (Array.isArray(value) ? value : [value]));
}

/** A value as an index of a type keeps it; undefined: it doesn't. */
export function indexed(type: string, value: Json): string | number | bigint | boolean | undefined {
  switch (type) {
    case "keyword":
    case "text":
      return typeof value === "string" ? value : undefined;
    case "uuid":
      return typeof value === "string" && UUIDS.includes(value) ? value : undefined;
    case "integer":
      return typeof value === "bigint" ? value : undefined;
    case "float":
      return typeof value === "bigint" || typeof value === "number" ? Number(value) : undefined;
    case "bool":
      return typeof value === "boolean" ? value : undefined;
    case "datetime":
      return typeof value === "string" && DATES.includes(value) ? Date.parse(value) * 1000 : undefined;
    case "geo":
      return value instanceof Map && value.has("lon") && value.has("lat") ? true : undefined;
    default:
      return undefined;
  }
}
