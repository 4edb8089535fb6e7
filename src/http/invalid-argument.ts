/** Arguments that are none, in the words of a server: what has the wrong form is a 400, what lies outside of its range a 422. */

import type { ErrorDetails, ErrorSubject, Rule } from "../errors.ts";
import { brief } from "./brief.ts";
import { inJson, isBeyondIntegers } from "./numbers.ts";
import { outOfRange } from "./refusal.ts";

export interface Failure {
  readonly status: number;
  readonly text: string;
}

/** What is wrong with a value at a place. */
const INVALID: Partial<Record<Rule, (place: string) => string>> = {
  unique: (place) => `${place}: must be unique`,
  lengths: (place) => `${place}: must be the same length as indices`,
  corners: (place) => `${place}: polygon invalid, the size must be at least 4`,
  closed: (place) =>
    `${place}: polygon invalid, the first and the last points should be the same to form a closed line`,
  test: (place) => `${place}: At least one field condition must be specified`,
  vector: (place) => `${place}: must specify vectors to update for point`,
  capability: (place) => `${place}.lookup: the 'lookup' and 'range' capabilities can't be both disabled`,
};

/** What is wrong with a request as a whole. */
const BAD: Partial<Record<Rule, string>> = {
  page: "Cannot use an `offset` when using `order_by`. The alternative for paging is to use `order_by.start_from` and a filter to exclude the IDs that you've already seen for the `order_by.start_from` value",
  score: "A query is needed to use the score_threshold. Can't have score_threshold without defining a query.",
  order: "Can't use score_threshold with an order_by query.",
};

/** `flattened`: what the name of a field begins with that the request itself has. */
export function invalidArgument(
  message: string,
  details: ErrorDetails,
  flattened: string | undefined,
): Failure {
  const { range, column, rule, vector, index } = details.subject ?? {};
  if (range !== undefined) return outside(range, details, flattened);
  if (column !== undefined) {
    const { of, ids, got } = column;
    return invalid(`batch: number of ids and ${of} must be equal (${ids} != ${got})`);
  }
  if (vector !== undefined) {
    return { status: 400, text: `Wrong input: Not existing vector name error: ${brief(vector)}` };
  }
  if (index !== undefined) return bad(noIndex(index));
  const text = rule && (INVALID[rule]?.(placeOf(details)) ?? undefined);
  if (text !== undefined) return invalid(text);
  if (rule === "checksum" || rule === "snapshot") return bad(message);
  const whole = rule && BAD[rule];
  return whole === undefined ? malformed(message) : bad(whole);
}

const LARGEST_U32 = 2 ** 32 - 1;

/** To a server what its type of integers can't hold has the wrong form; what has a range beside is outside of it. */
function outside(
  { got, least, most, isReal = false }: NonNullable<ErrorSubject["range"]>,
  details: ErrorDetails,
  flattened: string | undefined,
): Failure {
  const place = placeOf(details);
  if (!isReal) {
    const { expected } = details;
    if (isBeyondIntegers(got)) {
      return malformed(`${place}: invalid type: floating point \`${inJson(got)}\`, expected ${expected}`);
    }
    const isNegative = got < 0 && least >= 0;
    if (isNegative || (got > most && most >= LARGEST_U32)) {
      return malformed(`${place}: invalid value: integer \`${got}\`, expected ${expected}`);
    }
  }
  const isOwn = /^\w+$/.test(place) && flattened !== undefined;
  return invalid(`${isOwn ? `${flattened}.${place}` : place}: ${outOfRange(inJson(got), least, most)}`);
}

/** A part of a batch has its place in front of its own places. */
function placeOf({ what }: ErrorDetails): string {
  return what.replace(/^(\w+\[\d+\][\w.]*): /, "$1.");
}

function malformed(text: string): Failure {
  return { status: 400, text: `Format error in JSON body: ${text}` };
}

function invalid(text: string): Failure {
  return { status: 422, text: `Validation error in JSON body: [${text}]` };
}

function bad(text: string): Failure {
  return { status: 400, text: `Bad request: ${text}` };
}

function noIndex({ key: whole, use }: NonNullable<ErrorSubject["index"]>): string {
  const key = brief(whole);
  return use === "facet"
    ? `No appropriate index for faceting: \`${key}\`. Please create one to facet on this field: a keyword, integer, uuid or bool index.`
    : `No range index for \`order_by\` key: \`${key}\`. Please create one to use \`order_by\`: an integer, float or datetime index.`;
}
