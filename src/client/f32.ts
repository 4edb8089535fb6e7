// Powers of ten up to 10^22 are exact doubles, so that r / 10^p is the double nearest to the decimal and
// prints as that decimal.
const POWERS = Float64Array.from({ length: 15 }, (_, exponent) => 10 ** exponent);
// Most scores and vector components need seven or more decimals: trying this many first halves the work.
const USUAL = 6;

/**
 * The shortest decimal that is still the same f32, as Qdrant prints it: a stored 0.05 comes back as 0.05, not
 * as the widened 0.05000000074505806. Exact in the other direction too: `Math.fround(shortest(x)) === x` for
 * every f32 `x`.
 */
export function shortest(value: number): number {
  const places = placesOf(value);
  return places === UNUSUAL ? byDigits(value) : digitsOf(value, places) / (POWERS[places] as number);
}

/** What `placesOf` answers for numbers that are very small, very large or none. */
export const UNUSUAL = -1;

/**
 * How many decimal places the shortest form has; `UNUSUAL` for what is rare, and not worth a fast way. The digits are then
 * those of an integer below 2^31: nine are enough for any f32.
 */
export function placesOf(value: number): number {
  const size = Math.abs(value);
  // Below 2^24 nine significant digits need at most 14 decimals, and value * 10^p stays an exact integer.
  if (!(size >= 1e-5 && size < 16777216)) return UNUSUAL;
  if (fits(value, USUAL)) {
    for (let places = 0; places < USUAL; places++) if (fits(value, places)) return places;
    return USUAL;
  }
  const most = size >= 1 ? 8 : 14;
  for (let places = USUAL + 1; places <= most; places++) if (fits(value, places)) return places;
  return UNUSUAL;
}

/** A vector in f32's shortest form, as an ordinary array. */
export function shortestArray(vector: Float32Array): number[] {
  const out = new Array<number>(vector.length);
  for (let i = 0; i < out.length; i++) out[i] = shortest(vector[i] as number);
  return out;
}

/** The number with that many decimal places, without its point. */
export function digitsOf(value: number, places: number): number {
  const scaled = value * (POWERS[places] as number);
  const near = Math.round(scaled);
  // Half-way goes to the even digit, as in Rust's printing of floats (Math.round goes up).
  return near - scaled === 0.5 && near % 2 !== 0 ? near - 1 : near;
}

function fits(value: number, places: number): boolean {
  return Math.fround(digitsOf(value, places) / (POWERS[places] as number)) === value;
}

/** Very large, very small, zero and what is no number: rare, so plainly. */
function byDigits(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  for (let digits = 1; digits <= 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return shorter;
  }
  return value;
}
