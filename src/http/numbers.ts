/** Numbers of requests in texts: as JSON has them, and never as an integer that they are not. */

/** Whether it came as an integer of more than 64 bits, or with an exponent: to a server that is no integer. */
export function isBeyondIntegers(value: number | bigint): boolean {
  return typeof value === "number" && !Number.isSafeInteger(value);
}

/** 1e30 has an exponent, whichever way it was written: its digits are not known. */
export function inJson(value: number | bigint): string {
  if (typeof value === "bigint" || Number.isSafeInteger(value)) return String(value);
  const text = Number.isInteger(value) ? value.toExponential() : String(value);
  return text.replace("e+", "e");
}
