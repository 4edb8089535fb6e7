import { OnDemand } from "../on-demand.ts";

/** The code of payload indexes, loaded with the first that is created. */
export const fieldIndexCode = new OnDemand("payload indexes", () => import("./field-indexes.ts"));
