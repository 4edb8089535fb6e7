/** A set of offsets: column a has its blocks (offset-blocks.ts), column b nothing. A piece counts offsets. */

import type { OffsetSet } from "../offset-set.ts";
import type { ChangedPoints } from "./changed-points.ts";
import { COLUMN_BYTES, type Columns, damaged, encodePiece, type Part, wordsOf } from "./format.ts";
import { BLOCK_WORDS, BlockReader, MOST_BLOCK_WORDS, writeBlock } from "./offset-blocks.ts";
import type { Output } from "./output.ts";

interface Blocks {
  readonly blockEnd: number;
  blockTo(number: number, bits: Uint32Array): boolean;
}

/** Writes a set but for what has changed, pausing after each piece. */
export function* writeSet(
  part: Part,
  set: Blocks,
  changed: ChangedPoints | undefined,
  output: Output,
): Generator<undefined> {
  const most = COLUMN_BYTES / 4;
  const words = new Uint32Array(most);
  const block = new Uint32Array(BLOCK_WORDS);
  let at = 0;
  let count = 0;
  for (let number = 0; number < set.blockEnd; number++) {
    if (!set.blockTo(number, block.fill(0))) continue;
    changed?.clearIn(block, number * BLOCK_WORDS);
    const written = writeBlock(number, block, words, at);
    if (written > 0) count += ((words[at] as number) >>> 16) + 1;
    at += written;
    if (at * 4 < output.limit && at + MOST_BLOCK_WORDS <= most) continue;
    if (count === 0) continue;
    output.emit(part, count, encodePiece(part, words.subarray(0, at)));
    at = 0;
    count = 0;
    yield;
  }
  if (count === 0) return;
  output.emit(part, count, encodePiece(part, words.subarray(0, at)));
  yield;
}

/** The points that changed, as a set. */
export function changedBlocks({ bitmap }: ChangedPoints): Blocks {
  return {
    blockEnd: Math.ceil(bitmap.length / BLOCK_WORDS),
    blockTo(number, bits) {
      bits.set(bitmap.subarray(number * BLOCK_WORDS, (number + 1) * BLOCK_WORDS));
      return true;
    },
  };
}

/**
 * Reads a piece of a set whose blocks so far end before block `first`. Answers the highest offset.
 *
 * @param end no offset is as high
 * @throws {NearvecError} `DAMAGED`
 */
export function readSet(
  { a, b }: Columns,
  count: number,
  end: number,
  set: OffsetSet,
  first: number,
  visit?: (number: number, block: Uint16Array | Uint32Array) => void,
): number {
  if (b.length !== 0) throw damaged("a column of a set", `${b.length} bytes`, "none");
  const reader = new BlockReader(wordsOf(a), 0, end);
  const before = set.size;
  while (!reader.atEnd) {
    const block = reader.next();
    if (reader.number < first) throw damaged("the number of a block", reader.number, `at least ${first}`);
    visit?.(reader.number, block);
    set.addBlock(reader.number, block);
  }
  if (set.size - before !== count) throw damaged("the size of a set", set.size - before, String(count));
  return reader.last;
}
