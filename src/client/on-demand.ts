import { filterCode } from "../collection/filtering-on-demand.ts";
import { partialChanges } from "../collection/partial-changes-on-demand.ts";
import { inTurn, OnDemand } from "../on-demand.ts";
import { extras } from "./extras-on-demand.ts";

/** Methods that sum up what they find: groups and facets. */
export const summaries = new OnDemand("groups and facets", () => import("./summaries.ts"));

/** Methods that change points which are there, and batches of writes. */
export const changes = new OnDemand("changes of points", async () => {
  await partialChanges.load();
  return import("./changes.ts");
});

/** Methods that few programs call: older searches, explanations. */
export const rare = new OnDemand("older searches and explanations", () => import("./rare.ts"));

/** Methods that create and delete indexes of payloads. */
export const payloadIndexes = new OnDemand("payload indexes", () => import("./payload-indexes.ts"));

/** Methods for snapshots. */
export const snapshots = new OnDemand("snapshots", () => import("./snapshot-methods.ts"));

/**
 * What a request has to wait for before it is looked at: the code of what it mentions and, if any, of its method, where it
 * is the first to need it.
 *
 * @see inTurn
 */
export function codeFor(request: unknown, method?: OnDemand<unknown>): Promise<void> | undefined {
  const needed: OnDemand<unknown>[] = method === undefined ? [] : [method];
  if (!filterCode.loaded && someMentions(request, FILTERED)) needed.push(filterCode);
  if (!extras.loaded && someMentions(request, EXTRA)) needed.push(extras);
  if (!changes.loaded && someMentions(request, MODED)) needed.push(changes);
  return inTurn(needed);
}

type Mentions = Readonly<Record<string, (value: unknown) => boolean>>;

const always = () => true;
const anObject = (value: unknown) => typeof value === "object";

/** Groups are filled up by filters. */
const FILTERED: Mentions = {
  filter: always,
  update_filter: always,
  group_by: always,
  params: (params) => anObject((params as { idf?: unknown }).idf),
};
/** Upserts that leave points out. */
const MODED: Mentions = { update_mode: always, update_filter: always };
const EXTRA: Mentions = {
  update_filter: always,
  order_by: always,
  lookup_from: always,
  with_lookup: always,
  with_payload: (wanted) => typeof wanted !== "boolean",
  query: (query) => anObject(query) && !Array.isArray(query) && !ArrayBuffer.isView(query),
};

/** Whether it stands where requests have it: in themselves, in `searches`, in `operations`. */
function someMentions(request: unknown, what: Mentions): boolean {
  if (mentions(request, what)) return true;
  const { searches, operations } = (request ?? {}) as { searches?: unknown; operations?: unknown };
  if (Array.isArray(searches) && searches.some((each) => mentions(each, what))) return true;
  const parts = (each: unknown) => (typeof each === "object" && each !== null ? Object.values(each) : []);
  return Array.isArray(operations) && operations.flatMap(parts).some((part) => mentions(part, what));
}

function mentions(value: unknown, what: Mentions): boolean {
  if (typeof value !== "object" || value === null) return false;
  const given = value as Readonly<Record<string, unknown>>;
  return Object.entries(what).some(([name, needs]) => given[name] != null && needs(given[name]));
}
