import { OnDemand } from "../on-demand.ts";
import type * as Filters from "./index.ts";

/** The code of filters, loaded with the first request that has one. */
export const filterCode = new OnDemand("filters", () => import("./index.ts"));

/** @see filterCode, which must have been loaded */
export function filters(): typeof Filters {
  return filterCode.module;
}
