import { OnDemand } from "../on-demand.ts";
import type * as Filtering from "./filtering.ts";

/** The code of filters, loaded with the first request that has one. */
export const filterCode = new OnDemand("filters", () => import("./filtering.ts"));

/** @see filterCode, which must have been loaded */
export function filters(): typeof Filtering {
  return filterCode.module;
}
