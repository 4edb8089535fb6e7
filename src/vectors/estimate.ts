/** How many bytes spaces of dense vectors take, computed from the layout that assembly/blocks.ts draws. */

import { LAYOUT, PAGE } from "../core/abi.ts";
import type { RoundedSpaceConfig } from "./config.ts";

/** The settings that decide about memory; without a datatype, f32. */
type Shape = Pick<RoundedSpaceConfig, "size" | "m" | "efConstruct"> &
  Partial<Pick<RoundedSpaceConfig, "datatype" | "distance">>;

/** Slots in the first block and in every other, as `shapeBlocks` in assembly/blocks.ts derives them. */
export function blockShape(size: number, m: number): { slotBytes: number; first: number; slots: number } {
  const slotBytes = Math.ceil(size / 4) * 16 + 2 * m * 4 + LAYOUT.META_BYTES;
  const slots = powerWithin(LAYOUT.LARGEST_BLOCK, slotBytes);
  return { slotBytes, first: Math.min(slots, powerWithin(LAYOUT.LARGEST_FIRST_BLOCK, slotBytes)), slots };
}

/** Bytes of `count` vectors in one space, graph and scratch included. */
export function estimateDenseBytes(config: Shape, count: number): number {
  const { size, m, efConstruct } = config;
  const { slotBytes, first, slots } = blockShape(size, m);
  const capacity = count === 0 ? 0 : first + Math.ceil(Math.max(0, count - first) / slots) * slots;
  let bytes = LAYOUT.ARENA + capacity * slotBytes;
  if (m > 1 && count > 0) {
    // Each upper level has a 1/m of the nodes below: count / (m - 1) records in all, in blocks.
    const records = powerWithin(LAYOUT.UPPER_BLOCK_BYTES, m * 4);
    bytes += Math.ceil(Math.floor(count / (m - 1)) / records) * records * m * 4;
    bytes += place(capacity) + place((efConstruct + 2 * m + 2) * 8);
  }
  bytes += place(size * 4 + 64 * m);
  // Bytes compared by Cosine have their lengths beside them (kinds/typed-dense-space.ts).
  const tables = config.datatype === "uint8" && config.distance === "Cosine" ? 2 : 1;
  return Math.ceil(bytes / PAGE) * PAGE + tables * tableBytes(count);
}

/** Bytes of `points` multivectors of `vectorsPerPoint` vectors each, searched with as many. */
export function estimateMultiBytes(config: Shape, points: number, vectorsPerPoint: number): number {
  const rows = Math.ceil(points * vectorsPerPoint);
  const queries = Math.ceil(vectorsPerPoint) * Math.ceil(config.size / 4) * 16;
  const lists = 2 * (tableBytes(points) + tableBytes(rows)); // kinds/row-lists.ts
  return estimateDenseBytes(config, rows) + lists + place(queries + COMPARISON_BYTES);
}

/** Ends, sums and slots of the points that are compared at a time (kinds/comparison.ts). */
const COMPARISON_BYTES = 24 << 10;

function tableBytes(count: number): number {
  return 4 * Math.max(64, count);
}

function powerWithin(bytes: number, size: number): number {
  return size > bytes ? 1 : 2 ** Math.floor(Math.log2(bytes / size));
}

/** Scratch comes in powers of two from 4 KiB. */
function place(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(4096, bytes)));
}
