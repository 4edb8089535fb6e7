/**
 * CRC-32 (the polynomial of IEEE 802.3, reflected), for everything that is stored: the runtime's own where it has one
 * (Node, Bun, Deno), tables elsewhere. It tells every error of up to 32 bits in a row, and any other with a chance of
 * 1 in 2³² to be missed.
 */

type Crc32 = (bytes: Uint8Array, before?: number) => number;

const POLYNOMIAL = 0xedb88320;
/** Bytes taken at once, each by a table of its own. */
const LANES = 8;

/** The checksum of `bytes` behind bytes whose checksum is `before` (0 for none). */
export const crc32: Crc32 = ofRuntime() ?? byTables;

function ofRuntime(): Crc32 | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (name: string) => { crc32?: Crc32 } | undefined };
  };
  return process?.getBuiltinModule?.("node:zlib")?.crc32;
}

let tables: Uint32Array | undefined;

/** Eight tables of 256, one behind the other: what a byte does to the checksum, seen from 0 to 7 bytes later. */
function makeTables(): Uint32Array {
  const all = new Uint32Array(LANES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
    all[byte] = crc;
  }
  for (let i = 256; i < all.length; i++) {
    const before = all[i - 256] as number;
    all[i] = (before >>> 8) ^ (all[before & 255] as number);
  }
  return all;
}

/** @internal For its test. */
export function byTables(bytes: Uint8Array, before = 0): number {
  tables ??= makeTables();
  const t = tables;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let crc = ~before;
  let at = 0;
  for (const end = bytes.length - LANES; at <= end; at += LANES) {
    const low = view.getUint32(at, true) ^ crc;
    const high = view.getUint32(at + 4, true);
    crc =
      (t[1792 + (low & 255)] as number) ^
      (t[1536 + ((low >>> 8) & 255)] as number) ^
      (t[1280 + ((low >>> 16) & 255)] as number) ^
      (t[1024 + (low >>> 24)] as number) ^
      (t[768 + (high & 255)] as number) ^
      (t[512 + ((high >>> 8) & 255)] as number) ^
      (t[256 + ((high >>> 16) & 255)] as number) ^
      (t[high >>> 24] as number);
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ (t[(crc ^ (bytes[at] as number)) & 255] as number);
  return ~crc >>> 0;
}
