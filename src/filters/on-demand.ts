/**
 * The code of filters, loaded when the first request has one: a program that doesn't filter doesn't carry it. (In the
 * CommonJS build it is part of the one file.)
 */

import { NearvecError } from "../errors.ts";
import type * as Filters from "./index.ts";

let loaded: typeof Filters | undefined;
let loading: Promise<void> | undefined;

/** Resolves when `filters()` can be called; undefined when it already can. */
export function loadFilters(): Promise<void> | undefined {
  if (loaded !== undefined) return undefined;
  loading ??= import("./index.ts").then(
    (module) => {
      loaded = module;
    },
    (cause: unknown) => {
      loading = undefined; // the next request with a filter tries again
      throw new NearvecError(
        "INTERNAL",
        {
          what: "the code of filters could not be loaded",
          todo: "Serve all JavaScript files of the package together, or let your bundler do it.",
        },
        { cause },
      );
    },
  );
  return loading;
}

/**
 * What a request has to wait for before it is looked at: the code, when it is the first with a filter; the requests
 * before it, while they wait for the code, so that calls keep their order.
 */
export function filtersFor(request: unknown): Promise<void> | undefined {
  if (loaded !== undefined) return undefined;
  return loading ?? (mentionsFilter(request) ? loadFilters() : undefined);
}

/** @see loadFilters, which must have resolved */
export function filters(): typeof Filters {
  if (loaded !== undefined) return loaded;
  throw new NearvecError("INTERNAL", {
    what: "filters were used before they were loaded",
    todo: "Please report it.",
  });
}

/** Whether there is a filter where requests have one: in themselves, in `searches`, in `operations`. */
function mentionsFilter(request: unknown): boolean {
  if (hasFilter(request)) return true;
  const { searches, operations } = (request ?? {}) as { searches?: unknown; operations?: unknown };
  if (Array.isArray(searches) && searches.some(hasFilter)) return true;
  const parts = (each: unknown) => (typeof each === "object" && each !== null ? Object.values(each) : []);
  return Array.isArray(operations) && operations.flatMap(parts).some(hasFilter);
}

function hasFilter(value: unknown): boolean {
  return typeof value === "object" && value !== null && "filter" in value && value.filter != null;
}
