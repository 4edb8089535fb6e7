/**
 * Reads a log back, from the segment that a checkpoint began to its end.
 *
 * Every segment says where the log before it ends, so what lies behind that place, and any segment in between, is void: what
 * was left of it by a failed sync, or by a crash. Only the last segment has no successor to say so. There the log ends
 * before the first record that isn't whole, unless a later one shows that it had been synced: then it was
 * damaged afterwards.
 */

import type { Storage } from "../storage/storage.ts";
import { damaged, FRAME_BYTES, Frame, padded, type ReadFrame } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import { type LogEnd, segmentPath } from "./segment.ts";

export interface LogRecord {
  readonly sequence: number;
  readonly operation: Uint8Array<ArrayBuffer>;
}

/** Bytes at the end of a log that a crash left unfinished. Nothing in them was ever acknowledged as synced. */
export interface TornTail {
  readonly file: string;
  readonly at: number;
  readonly bytes: number;
}

export interface FoundLog {
  /** Where it ends; undefined where no segment was ever finished. */
  readonly end: LogEnd | undefined;
  /** The highest number that a file has, void or not. */
  readonly last: number;
  /** What its records take. */
  readonly bytes: number;
  readonly torn: TornTail | undefined;
}

/** A segment that counts, and up to where: undefined for the last one. */
interface Link {
  readonly number: number;
  readonly bytes: number | undefined;
}

/**
 * Hands over all records behind the checkpoint that began segment `first`, in order; with `first` 0, all there are.
 *
 * @throws {NearvecError} `DAMAGED`, and what `visit` throws
 */
export async function readLog(
  storage: Storage,
  folder: string,
  first: number,
  visit: (record: LogRecord) => void | Promise<void>,
): Promise<FoundLog> {
  const numbers = await segmentNumbers(storage, folder);
  const last = numbers.at(-1) ?? 0;
  const chain = await findChain(storage, folder, first, numbers);
  let sequence = 0;
  let bytes = 0;
  const take = async (path: string, { kind, a, body, at }: ReadFrame) => {
    if (kind !== Frame.RECORD || a <= sequence) {
      throw damaged(path, at, `a record of kind ${kind} and number ${a}, which can't be here`);
    }
    sequence = a;
    bytes += FRAME_BYTES + padded(body.byteLength);
    await visit({ sequence, operation: body });
  };
  let end: LogEnd | undefined;
  let torn: TornTail | undefined;
  for (const { number, bytes: until } of chain) {
    const path = segmentPath(folder, number);
    const found = await readSegment(storage, path, until, (frame) => take(path, frame));
    end = { segment: number, bytes: found.end };
    torn = found.torn;
  }
  return { end, last, bytes, torn };
}

export async function segmentNumbers(storage: Storage, folder: string): Promise<number[]> {
  const numbers = (await storage.list(folder)).flatMap(({ name }) => {
    const digits = /^log-(\d+)$/.exec(name)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
  return numbers.sort((a, b) => a - b);
}

/** The segments that count, found from the last one back to `first`. */
async function findChain(
  storage: Storage,
  folder: string,
  first: number,
  numbers: readonly number[],
): Promise<Link[]> {
  const chain: Link[] = [];
  let next: Link | undefined = { number: numbers.at(-1) ?? 0, bytes: undefined };
  while (next !== undefined && next.number >= first && next.number > 0) {
    const path = segmentPath(folder, next.number);
    const begins = await beginning(storage, path);
    if (begins === undefined) {
      if (next.bytes !== undefined || chain.length > 0)
        throw damaged(path, 0, "the log's segment can't be read");
      // Made right before a crash, unless something in it says otherwise; the one before was the last then.
      const before: number | undefined = numbers.filter((number) => number < (next as Link).number).at(-1);
      next = before === undefined ? undefined : { number: before, bytes: undefined };
      continue;
    }
    chain.unshift(next);
    next = begins.before && { number: begins.before.segment, bytes: begins.before.bytes };
  }
  if (first > 0 && chain[0]?.number !== first) {
    throw damaged(segmentPath(folder, first), 0, "the log has no such segment, with which it should go on");
  }
  return chain;
}

/** What a segment says of the log before it; undefined for one that was not finished. @throws {NearvecError} `DAMAGED` */
async function beginning(
  storage: Storage,
  path: string,
): Promise<{ before: LogEnd | undefined } | undefined> {
  const file = await storage.open(path);
  if (file === undefined) return undefined;
  try {
    const reader = new FrameReader(file);
    const frame = await reader.next();
    if (frame?.kind === Frame.SEGMENT && path.endsWith(`log-${frame.a}`) && frame.body.byteLength >= 4) {
      const segment = new DataView(frame.body.buffer, frame.body.byteOffset).getUint32(0, true);
      return { before: segment === 0 ? undefined : { segment, bytes: frame.b } };
    }
    await refuseSynced(reader, path, 0);
    return undefined;
  } finally {
    await file.close();
  }
}

/**
 * @param bytes where it ends, by the segment after it
 * @throws {NearvecError} `DAMAGED`
 */
async function readSegment(
  storage: Storage,
  path: string,
  bytes: number | undefined,
  visit: (frame: ReadFrame) => Promise<void>,
): Promise<{ end: number; torn: TornTail | undefined }> {
  const file = await storage.open(path);
  // Whoever only reads has nobody else's word that it stays.
  if (file === undefined) throw damaged(path, 0, "the log's segment is missing");
  try {
    const reader = new FrameReader(file);
    while (bytes === undefined || reader.position < bytes) {
      const frame = await reader.next();
      if (frame === undefined) break;
      if (frame.kind !== Frame.SEGMENT) await visit(frame);
    }
    const end = reader.position;
    if (bytes !== undefined) {
      if (end !== bytes) throw damaged(path, end, `a record of the log that was synced, up to byte ${bytes}`);
      return { end, torn: undefined };
    }
    if (end === file.size) return { end, torn: undefined };
    await refuseSynced(reader, path, end);
    return { end, torn: { file: path, at: end, bytes: file.size - end } };
  } finally {
    await file.close();
  }
}

/** Looks whether a later record knows of a sync that what can't be read at `at` had part in. */
async function refuseSynced(reader: FrameReader, path: string, at: number): Promise<void> {
  for (let frame = await reader.find(); frame !== undefined; frame = await reader.find()) {
    if (frame.kind !== Frame.SEGMENT && frame.b > at) {
      throw damaged(path, at, "a record of the log can't be read, and a later one shows that it was synced");
    }
  }
}
