/** What the interfaces of both kinds of spaces have in common, beside the seats. */

import { computed } from "./distance";
import { bitmap } from "./seats";

/** Where the host writes a bitmap of allowed slots, bit s & 7 of byte s >> 3; room for `slots` bits. 0: no memory. */
export function bitmapAddress(slots: u32): usize {
  return bitmap(((slots + 63) & ~63) >> 3);
}

/** Distances computed by this instance, wrapping. */
export function distancesComputed(): u32 {
  return computed;
}
