/** usearch with vectors kept as they are. */

import type { Matches } from "usearch";
import type { Peer, Setup } from "./protocol.ts";
import { createUsearch } from "./usearch.ts";

export function create(setup: Setup): Peer<Matches> {
  return createUsearch(setup, "f32");
}
