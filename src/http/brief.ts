/** How much of what was sent comes back in an error's text: enough to know it by. */

/** As long as names may be, and longer than any id. */
const LONGEST_VALUE = 255;
/** No text without such a value is as long. */
const LONGEST_TEXT = 2000;

/** A name, an id or another value: its beginning, where it is longer than any that could be there. */
export function brief(value: string): string {
  return value.length <= LONGEST_VALUE ? value : `${beginning(value, LONGEST_VALUE)}…`;
}

/** A text whose values have all lengths: what is said of one stands before it and behind it. */
export function bounded(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  const half = LONGEST_TEXT / 2;
  // Characters of two units are not cut in two.
  return `${beginning(text, half)}…${text.slice(-half).replace(/^[\uDC00-\uDFFF]/, "")}`;
}

function beginning(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, "");
}
