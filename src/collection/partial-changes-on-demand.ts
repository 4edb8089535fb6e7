import { OnDemand } from "../on-demand.ts";

/** The code of changes to parts of points: whoever submits such an operation has loaded it. */
export const partialChanges = new OnDemand("changes of points", () => import("./partial-changes.ts"));
