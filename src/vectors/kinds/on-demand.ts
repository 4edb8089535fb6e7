import { OnDemand } from "../../on-demand.ts";

/** Spaces other than dense ones of f32, loaded when the first collection has one. */
export const kinds = new OnDemand("vector kinds", () => import("./index.ts"));
