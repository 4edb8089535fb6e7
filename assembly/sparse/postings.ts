/**
 * Postings, 8 B each: slot u32 · value f32. Those of a dimension lie in a chain of chunks, in the order of slots, for they
 * are only ever appended; a tombstone's stay until the space is built anew.
 *
 *   chunk  +0 next: the chunk that follows, 0 after the last one        dimension ──► first ──► … ──► written ──► last
 *          +4 end: the address behind it                                                 full            │    reserved
 *          +8 postings                                                                    next posting ◄─┘
 *
 * A reservation links the chunks that its postings will need, so that storing them only writes.
 */

import {
  CHUNK_END,
  CHUNK_HEAD,
  D_ASKED,
  D_CHUNK,
  D_HIGHEST,
  D_LIVE,
  D_LOWEST,
  D_RESERVATION,
  D_ROOM,
  D_WRITE,
  haveDimension,
  linkChunk,
} from "./dimensions";
import { S_RESERVATION } from "./layout";

/** Room for one posting more of an index in this reservation. False when there is no memory. */
export function ask(index: u32): bool {
  const dimension = haveDimension(index);
  if (dimension == 0) return false;
  const reservation = load<u32>(S_RESERVATION);
  let asked: u32 = 1;
  if (load<u32>(dimension, D_RESERVATION) == reservation) asked += load<u32>(dimension, D_ASKED);
  store<u32>(dimension, asked, D_ASKED);
  store<u32>(dimension, reservation, D_RESERVATION);
  return asked <= load<u32>(dimension, D_ROOM) || linkChunk(dimension);
}

/** Appends a posting that was asked for. */
export function append(dimension: usize, slot: u32, value: f32): void {
  let at: usize = load<u32>(dimension, D_WRITE);
  const chunk: usize = load<u32>(dimension, D_CHUNK);
  if (at == load<u32>(chunk, CHUNK_END)) {
    const next = load<u32>(chunk);
    assert(next != 0, "a posting was stored without a reservation");
    store<u32>(dimension, next, D_CHUNK);
    at = next + CHUNK_HEAD;
  }
  store<u32>(at, slot);
  store<f32>(at, value, 4);
  store<u32>(dimension, <u32>at + 8, D_WRITE);
  store<u32>(dimension, load<u32>(dimension, D_ROOM) - 1, D_ROOM);
  store<u32>(dimension, load<u32>(dimension, D_LIVE) + 1, D_LIVE);
  store<f32>(dimension, max<f32>(value, load<f32>(dimension, D_HIGHEST)), D_HIGHEST);
  store<f32>(dimension, min<f32>(value, load<f32>(dimension, D_LOWEST)), D_LOWEST);
}

/** Where the postings in a chunk end. */
// @ts-ignore: decorator
@inline
export function written(dimension: usize, chunk: usize): usize {
  return load<u32>(dimension, D_CHUNK) == chunk ? load<u32>(dimension, D_WRITE) : load<u32>(chunk, CHUNK_END);
}
