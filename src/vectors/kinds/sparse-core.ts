import { compileAt } from "../../core/load.ts";
import { OnDemand } from "../../on-demand.ts";

/** The core's module for sparse spaces, loaded when the first collection has one. */
export const sparseCore = new OnDemand("sparse vectors", async () => {
  const { sparseUrl } = await import("../../core/sparse-url.ts");
  return compileAt(sparseUrl());
});
