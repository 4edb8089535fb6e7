/** What the header of every space begins with, whatever its vectors are. */

import { ARENA, H_BRK, H_MAGIC, H_PAGE_LIMIT, H_VERSION, MAGIC, VERSION } from "./layout";
import { setSeats } from "./seats";

/** Makes the arena empty and the seats free. Memory grows up to `pageLimit` pages. */
export function openHeader(pageLimit: u32): void {
  store<u32>(H_BRK, <u32>(ARENA >> 6));
  // The last page stays unused, so that the end of a vector is never address 2^32 = 0.
  store<u32>(H_PAGE_LIMIT, min<u32>(pageLimit, 65535));
  setSeats();
  store<u32>(H_VERSION, VERSION);
  store<u32>(H_MAGIC, MAGIC);
}
