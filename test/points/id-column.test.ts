import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IdColumn, type IdInput } from "../../src/points/id-column.ts";
import type { PointId } from "../../src/points/ids.ts";
import { anyId } from "./arbitraries.ts";

const place = (index: number) => `ids[${index}]`;

function idsOf(column: IdColumn): PointId[] {
  return Array.from({ length: column.length }, (_, index) => column.at(index));
}

test("an array of any ids comes back in public form", () => {
  fc.assert(
    fc.property(fc.array(anyId), (ids) => {
      expect(idsOf(IdColumn.from(ids, place))).toStrictEqual(ids);
    }),
  );
});

describe("typed arrays", () => {
  const small = [0, 1, 100, 127];
  const big = [0n, 1n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n];

  test.each<[string, IdInput, PointId[]]>([
    ["Uint8Array", Uint8Array.from(small), small],
    ["Uint8ClampedArray", Uint8ClampedArray.from(small), small],
    ["Uint16Array", Uint16Array.of(0, 65_535), [0, 65_535]],
    ["Uint32Array", Uint32Array.of(0, 2 ** 32 - 1), [0, 2 ** 32 - 1]],
    ["Int8Array", Int8Array.from(small), small],
    ["Int16Array", Int16Array.from(small), small],
    ["Int32Array", Int32Array.from(small), small],
    ["Float32Array", Float32Array.from(small), small],
    ["Float64Array", Float64Array.of(0, 2 ** 53 - 1), [0, 2 ** 53 - 1]],
    ["BigInt64Array", BigInt64Array.from(big), [0, 1, 2 ** 32, 2n ** 53n, 2n ** 63n - 1n]],
    ["BigUint64Array", BigUint64Array.of(7n, 2n ** 64n - 1n), [7, 2n ** 64n - 1n]],
    ["part of a BigUint64Array", BigUint64Array.of(1n, 2n, 3n, 4n).subarray(1, 3), [2, 3]],
  ])("%s", (_, values, expected) => {
    expect(idsOf(IdColumn.from(values, place))).toStrictEqual(expected);
  });

  test.each<[string, IdInput]>([
    ["Int8Array", Int8Array.of(1, 2, -3)],
    ["Int32Array", Int32Array.of(1, 2, -3)],
    ["BigInt64Array", BigInt64Array.of(1n, 2n, -3n)],
    ["Float64Array", Float64Array.of(1, 2, 2 ** 53)],
    ["Float32Array", Float32Array.of(1, 2, Number.NaN)],
    ["an array with a hole", [1, 2, undefined as unknown as number]],
  ])("%s with a value that is no id", (_, values) => {
    expect(() => IdColumn.from(values, place)).toThrow("ids[2]: got");
  });

  test.each([
    ["a text", "abc"],
    ["a number", 7],
    ["nothing", undefined],
    ["a DataView", new DataView(new ArrayBuffer(8))],
  ])("%s is no list of ids", (_, values) => {
    expect(() => IdColumn.from(values as unknown as IdInput, place)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });
});

test("a column lies over a section of an operation's bytes as it was drawn", () => {
  const ids: PointId[] = [1, 2n ** 64n - 2n, "00112233-4455-6677-8899-aabbccddeeff"];
  const bytes = new Uint8Array(8 + 3 * 17 + 1);
  const over = () =>
    new IdColumn(new Uint32Array(bytes.buffer, 8, 12), new Uint8Array(bytes.buffer, 8 + 48, 3));
  over().setAll(ids, place);
  expect(idsOf(over())).toStrictEqual(ids);

  const view = new DataView(bytes.buffer);
  const words = Array.from({ length: 12 }, (_, index) => view.getUint32(8 + index * 4, true));
  expect(words).toStrictEqual([
    ...[0, 0, 0, 1],
    ...[0, 0, 0xffff_ffff, 0xffff_fffe],
    ...[0x0011_2233, 0x4455_6677, 0x8899_aabb, 0xccdd_eeff],
  ]);
  expect([...bytes.subarray(8 + 48)]).toStrictEqual([0, 0, 1, 0]);
});
