/**
 * The forms of a date that Qdrant 1.19 reads: RFC 3339; with a space instead of the T; with an offset that has
 * no colon, or hours only; without an offset (then it is UTC); "2024-02-29 12:00"; "2024-02-29". Days and
 * times may lack leading zeros.
 */
const DATETIME =
  /^(\d{1,4})-(\d{1,2})-(\d{1,2})(?:[Tt ](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d+))?(?: ?(?:([Zz]|UTC)|([+-])(\d\d)(?::?(\d\d))?))?| (\d{1,2}):(\d{1,2}))?$/;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * Microseconds since 1970, as Qdrant 1.19 orders dates; what is finer is cut off. A number while that is exact
 * (years 1684 to 2255), else a bigint: the two compare by value. Undefined when the text is no date.
 */
export function parseDatetime(text: string): number | bigint | undefined {
  const found = DATETIME.exec(text);
  if (found === null) return undefined;
  const [, year, month, day, h, m, s, fraction = "", , sign, offsetHours, offsetMinutes, h2, m2] = found;
  const hours = Number(h ?? h2 ?? 0);
  const minutes = Number(m ?? m2 ?? 0);
  // A leap second is the first moment of the next minute.
  const seconds = Number(s ?? 0);
  if (hours > 23 || minutes > 59 || seconds > 60) return undefined;
  const date = midnight(Number(year), Number(month), Number(day));
  const offset = Number(offsetHours ?? 0) * HOUR + Number(offsetMinutes ?? 0) * MINUTE;
  if (date === undefined || offset >= 24 * HOUR || Number(offsetMinutes ?? 0) > 59) return undefined;
  const time = date + hours * HOUR + minutes * MINUTE + seconds * 1000 - (sign === "-" ? -offset : offset);
  const micros = Number(fraction.slice(0, 6).padEnd(6, "0"));
  const exact = time * 1000 + micros;
  return Number.isSafeInteger(exact) ? exact : BigInt(time) * 1000n + BigInt(micros);
}

/** Milliseconds since 1970; undefined for a day that its month does not have. */
function midnight(year: number, month: number, day: number): number | undefined {
  // Not Date.UTC, which takes years below 100 for those of the twentieth century.
  const date = new Date(0);
  const time = date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? time : undefined;
}
