/** usearch with vectors rounded to half precision. */

import type { Matches } from "usearch";
import type { Peer, Setup } from "./protocol.ts";
import { createUsearch } from "./usearch.ts";

export function create(setup: Setup): Peer<Matches> {
  return createUsearch(setup, "f16");
}
