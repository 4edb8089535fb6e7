/** A request that HTTP itself refuses: what the engine never sees. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

/** For an answer that no string could hold. */
export const TOO_LONG = new Refusal(400, "Bad request: the answer would be too large; ask for fewer points");

/** The part of a request that something is wrong with, as error texts name it. */
export type Part = "JSON body" | "query parameters" | "path parameters";

/** For what has the wrong form. */
export function formatError(part: Part, text: string): Refusal {
  return new Refusal(400, `Format error in ${part}: ${text}`);
}

/** For values that have the right type and lie outside of their range. */
export function validationError(part: Part, place: string, text: string): Refusal {
  return new Refusal(422, `Validation error in ${part}: [${place}: ${text}]`);
}

/** What a number outside of its range is told. */
export function outOfRange(got: string, least: number, most: number = Infinity): string {
  // What ends with a type of integers has no bound of its own.
  const range = most >= 2 ** 32 - 1 ? `must be ${least} or larger` : `must be from ${least} to ${most}`;
  return `value ${got} invalid, ${range}`;
}
