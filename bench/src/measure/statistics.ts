/** Medians, quartiles, and rates at a given recall. */

/** The value below which `share` of the values lie, between neighbours by proportion. NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Median and quartiles; undefined for no values. */
export function spread(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  return { median: median(values), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}

export interface CurvePoint {
  readonly recall: number;
  /** Queries per second. */
  readonly rate: number;
}

/** A recall of 1 has no logarithm; a thousandth of the misses that matter is close enough. */
const FEWEST_MISSES = 1e-5;

/**
 * Queries per second at a recall: the logarithm of the rate is a straight line in the logarithm of the share
 * of misses between the two measured points around it. Below the lowest recall it is the rate there (nobody
 * has to be worse to be that fast); undefined above the highest.
 */
export function rateAt(recall: number, curve: readonly CurvePoint[]): number | undefined {
  const points = curve.toSorted((a, b) => a.recall - b.recall);
  const above = points.findIndex((point) => point.recall >= recall);
  const upper = points[above];
  const lower = points[above - 1];
  if (!upper || !lower) return upper?.rate;
  const position = (value: number): number => Math.log(Math.max(1 - value, FEWEST_MISSES));
  const share =
    (position(recall) - position(lower.recall)) / (position(upper.recall) - position(lower.recall));
  return Math.exp(Math.log(lower.rate) + share * (Math.log(upper.rate) - Math.log(lower.rate)));
}
