import fc from "fast-check";
import { expect, test } from "vitest";
import { parseDatetime } from "../../src/filters/datetime.ts";

const micros = (iso: string) => Date.parse(iso) * 1000;

test.each([
  ["1970-01-01T00:00:00Z", 0],
  ["2024-02-29T12:34:56Z", micros("2024-02-29T12:34:56Z")],
  ["2024-02-29t12:34:56z", micros("2024-02-29T12:34:56Z")],
  ["2024-02-29 12:34:56Z", micros("2024-02-29T12:34:56Z")],
  ["2024-02-29T12:34:56.5Z", micros("2024-02-29T12:34:56.500Z")],
  ["2024-02-29T12:34:56.1234567891234Z", micros("2024-02-29T12:34:56.123Z") + 456],
  ["1969-12-31T23:59:59.999999Z", -1],
  ["2024-02-29T12:34:56+05:30", micros("2024-02-29T07:04:56Z")],
  ["2024-02-29T12:34:56-05:30", micros("2024-02-29T18:04:56Z")],
  ["2024-02-29T12:34:56+0530", micros("2024-02-29T07:04:56Z")],
  ["2024-02-29 12:34:56.25-0530", micros("2024-02-29T18:04:56.250Z")],
  ["2024-02-29T12:34:56+05", micros("2024-02-29T07:34:56Z")],
  ["2024-02-29 12:34:56 UTC", micros("2024-02-29T12:34:56Z")],
  ["2024-02-29 12:34:56 +01:00", micros("2024-02-29T11:34:56Z")],
  ["2024-02-29T12:34:56", micros("2024-02-29T12:34:56Z")],
  ["2024-02-29 12:34:56.75", micros("2024-02-29T12:34:56.750Z")],
  ["2024-02-29 12:34", micros("2024-02-29T12:34:00Z")],
  ["2024-02-29", micros("2024-02-29T00:00:00Z")],
  ["2024-2-9 1:2:3", micros("2024-02-09T01:02:03Z")],
  ["2016-12-31T23:59:60Z", micros("2017-01-01T00:00:00Z")],
  ["0099-01-01", -59042995200000000n],
  ["9999-12-31T23:59:59.999999Z", 253402300799999999n],
  ["0001-01-01T00:00:00.000001Z", -62135596799999999n],
])("%s", (text, expected) => {
  expect(parseDatetime(text)).toBe(expected);
});

test.each([
  "",
  "now",
  "2024",
  "2024-02",
  "2023-02-29",
  "2024-13-01",
  "2024-00-01",
  "2024-01-00",
  "2024-04-31",
  "2024-01-01T24:00:00Z",
  "2024-01-01T12:60:00Z",
  "2024-01-01T12:00:61Z",
  "2024-01-01T12:00:00.Z",
  "2024-01-01T12:00Z",
  "2024-01-01 12:00Z",
  "2024-01-01T12:00",
  "2024-01-01T12",
  "2024-01-01Z",
  "2024-01-01T12:00:00+24:00",
  "2024-01-01T12:00:00+01:60",
  "2024-01-01T12:00:00+1",
  "2024-01-01T12:00:00 CET",
  " 2024-01-01",
  "2024-01-01\n",
  "20240101",
  "1704067200",
  "١٩٧٠-01-01",
])("%j is none", (text) => {
  expect(parseDatetime(text)).toBeUndefined();
});

test("agrees with Date, and orders far dates exactly", () => {
  const date = fc.date({ min: new Date("0000-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
  const offset = fc.record({ minutes: fc.integer({ min: -1439, max: 1439 }), micros: fc.nat({ max: 999 }) });
  const digits = (value: number, count: number) => String(value).padStart(count, "0");
  fc.assert(
    fc.property(date, offset, (at, { minutes, micros }) => {
      const exact = BigInt(at.getTime()) * 1000n + BigInt(micros);
      const utc = at.toISOString().replace("Z", digits(micros, 3));
      expect(BigInt(parseDatetime(`${utc}Z`) ?? Number.NaN)).toBe(exact);
      const away = Math.abs(minutes);
      const zone = `${minutes < 0 ? "-" : "+"}${digits(Math.floor(away / 60), 2)}:${digits(away % 60, 2)}`;
      expect(BigInt(parseDatetime(utc + zone) ?? Number.NaN)).toBe(exact - BigInt(minutes) * 60_000_000n);
    }),
  );
});
