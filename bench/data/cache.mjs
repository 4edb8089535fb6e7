// Tables of vectors, kept between runs outside git. Node's own modules only, and Node 20 will do.
//
//   NAME.f32 or NAME.u8   the rows one after another, little-endian, nothing else
//   NAME.json             what the rows are, and a checksum for every block of rows
//
// The JSON is renamed into place last: rows without it were never finished. The checksums catch what renaming
// can't (a disk that lost power between the two, a file cut short by hand).
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Everything that benchmarks and examples keep between runs. */
export const cacheFolder = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), ".cache");
const folder = join(cacheFolder, "data");

const FORMAT = 1;
const BLOCK_ROWS = 1000;

/**
 * @template T
 * @typedef {{ rows: Uint8Array<ArrayBuffer>, meta: T }} Table bytes, and the maker's notes
 */

/**
 * @typedef {object} TableKey
 * @property {string} name file name; its extension tells the type of an element, `words.f32`
 * @property {string} source what the table is made from; another source means another table
 * @property {number} rowBytes
 */

/**
 * Reads the first rows of a table.
 *
 * @param {TableKey} key
 * @param {number} [count] how many rows; all by default
 * @returns {Table<unknown> | undefined} undefined when the table is absent, of another source, or damaged
 */
export function readTable({ name, source, rowBytes }, count) {
  const path = join(folder, name);
  let header;
  try {
    header = JSON.parse(readFileSync(jsonOf(path), "utf8"));
    if (header.format !== FORMAT || header.source !== source || header.rowBytes !== rowBytes)
      return undefined;
    if (statSync(path).size !== header.rows * rowBytes) return undefined;
  } catch {
    return undefined; // absent or torn
  }
  const wanted = Math.min(count ?? header.rows, header.rows);
  const rows = new Uint8Array(wanted * rowBytes);
  readFully(path, rows);
  const whole = Math.floor(wanted / BLOCK_ROWS) * BLOCK_ROWS * rowBytes;
  const seen = checksums(wanted === header.rows ? rows : rows.subarray(0, whole), rowBytes);
  if (seen.some((sum, block) => sum !== header.checksums[block])) return undefined;
  return { rows, meta: header.meta };
}

/**
 * @param {TableKey} key
 * @param {Table<unknown>} table
 */
export function writeTable({ name, source, rowBytes }, { rows, meta }) {
  const path = join(folder, name);
  const header = {
    format: FORMAT,
    source,
    rowBytes,
    rows: rows.length / rowBytes,
    checksums: checksums(rows, rowBytes),
  };
  replaceFile(path, rows);
  replaceFile(jsonOf(path), new TextEncoder().encode(JSON.stringify({ ...header, meta })));
}

/**
 * Reads the first rows of a table, making it first where it can't be read.
 *
 * @template T
 * @param {TableKey} key
 * @param {number | undefined} count how many rows; all when undefined
 * @param {() => Table<T>} make
 * @returns {Table<T>}
 */
export function cachedTable(key, count, make) {
  const found = readTable(key, count);
  if (found) return /** @type {Table<T>} */ (found);
  const made = make();
  writeTable(key, made);
  return { rows: made.rows.slice(0, (count ?? Number.POSITIVE_INFINITY) * key.rowBytes), meta: made.meta };
}

/** @param {string} path */
function jsonOf(path) {
  return path.replace(/\.\w+$/, ".json");
}

/**
 * One number for every block of rows. A block's bytes are a multiple of four, as BLOCK_ROWS is.
 *
 * @param {Uint8Array} rows
 * @param {number} rowBytes
 */
function checksums(rows, rowBytes) {
  const words = new Uint32Array(rows.buffer, rows.byteOffset, rows.byteLength >>> 2);
  const perBlock = (BLOCK_ROWS * rowBytes) >>> 2;
  const sums = [];
  for (let start = 0; start < words.length; start += perBlock) {
    const end = Math.min(words.length, start + perBlock);
    let sum = 0;
    for (let i = start; i < end; i++) sum = (Math.imul(sum, 31) + (words[i] ?? 0)) | 0;
    sums.push(sum);
  }
  return sums;
}

/**
 * @param {string} path
 * @param {Uint8Array} target
 */
function readFully(path, target) {
  const file = openSync(path, "r");
  try {
    let done = 0;
    while (done < target.length) {
      const got = readSync(file, target, done, target.length - done, done);
      if (got === 0) throw new Error(`${path} ends after ${done} of ${target.length} bytes`);
      done += got;
    }
  } finally {
    closeSync(file);
  }
}

/**
 * Writes a file so that it is either the old one or the new one, whole.
 *
 * @param {string} path
 * @param {Uint8Array} bytes
 */
function replaceFile(path, bytes) {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(unfinished, "w");
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}
