/**
 * Whether a text can be the key of a request: visible ASCII characters, with spaces between them. Anything else arrives
 * changed, or not at all: headers lose spaces at their ends, and callers encode other characters as they like.
 */
export function isKey(text: string): boolean {
  return /^[!-~](?:[ -~]*[!-~])?$/.test(text);
}
