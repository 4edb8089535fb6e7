import { OnDemand } from "../on-demand.ts";

/** The code that changes payloads: whoever submits such an operation has loaded it. */
export const staging = new OnDemand("changes of payloads", () => import("./staged-payloads.ts"));
