import { OnDemand } from "../on-demand.ts";

/** What requests may have and most have not: parts of payloads, orders, lookups, filters on what is written. */
export const extras = new OnDemand("extras of requests", () => import("./extras.ts"));
