import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NearvecError } from "../../src/errors.ts";
import { IdColumn } from "../../src/points/id-column.ts";
import { compareIds, type PointId, parseId } from "../../src/points/ids.ts";
import { anyId, uuid } from "./arbitraries.ts";

const place = (index: number) => `points[${index}].id`;

function refusal(value: unknown): NearvecError {
  try {
    parseId(value, "id");
  } catch (error) {
    if (error instanceof NearvecError) return error;
    throw error;
  }
  throw new Error(`${String(value)} was taken for an id`);
}

describe("integers", () => {
  test.each([
    [0, 0],
    [-0, 0],
    [42, 42],
    [2 ** 32, 2 ** 32],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    [7n, 7],
    [2n ** 53n - 1n, 2 ** 53 - 1],
    [2n ** 53n, 2n ** 53n],
    [424242424242424242n, 424242424242424242n],
    [2n ** 64n - 1n, 2n ** 64n - 1n],
  ])("%s comes back as %s", (given, expected) => {
    expect(parseId(given, "id")).toStrictEqual(expected);
  });
});

describe("UUIDs", () => {
  const canonical = "936da01f-9abd-4d9d-80c7-02af85c822a8";

  test.each([
    canonical,
    "936DA01F-9ABD-4D9D-80C7-02AF85C822A8",
    "936da01f9abd4d9d80c702af85c822a8",
    "urn:uuid:936da01f-9abd-4d9d-80c7-02af85c822a8",
    "URN:UUID:936DA01F-9abd-4d9d-80c7-02af85c822a8",
    "{936da01f-9abd-4d9d-80c7-02af85c822a8}",
  ])("%s comes back lower-case and hyphenated", (given) => {
    expect(parseId(given, "id")).toBe(canonical);
  });

  test("32 digits are a UUID, not an integer", () => {
    expect(parseId("12345678901234567890123456789012", "id")).toBe("12345678-9012-3456-7890-123456789012");
  });

  test("leading zeros stay", () => {
    expect(parseId("00000000000000000000000000000001", "id")).toBe("00000000-0000-0000-0000-000000000001");
  });
});

describe("refused", () => {
  test.each([
    [-1, "whole number from 0"],
    [1.5, "whole number from 0"],
    [Number.NaN, "whole number from 0"],
    [Infinity, "whole number from 0"],
    [2 ** 53, "bigint"],
    [1e300, "bigint"],
    [-1n, "bigint below 2^64"],
    [2n ** 64n, "bigint below 2^64"],
    ["123", "as a number or a bigint"],
    ["", "UUID string"],
    ["936da01f-9abd-4d9d-80c7-02af85c822", "UUID string"],
    ["936da01f-9abd-4d9d-80c7-02af85c822ag", "UUID string"],
    ["936da01f-9abd-4d9d-80c702-af85c822a8", "UUID string"],
    ["936da01f9abd4d9d80c702af85c822ä8", "UUID string"],
    ["936da01f9abd4d9d80c702af85c822 8", "UUID string"],
    ["{936da01f-9abd-4d9d-80c7-02af85c822a8)", "UUID string"],
    ["{936da01f9abd4d9d80c702af85c822a8}", "UUID string"],
    ["urn:uuie:936da01f-9abd-4d9d-80c7-02af85c822a8", "UUID string"],
    [null, "UUID string"],
    [undefined, "UUID string"],
    [true, "UUID string"],
    [{}, "UUID string"],
    [[1], "UUID string"],
    [new Date(0), "UUID string"],
  ])("%o, with the advice: %s", (value, advice) => {
    const error = refusal(value);
    expect(error.code).toBe("INVALID_ID");
    expect(error.details.what).toBe("id");
    expect(error.details.got).toBeDefined();
    expect(error.details.expected).toBe("an unsigned 64-bit integer or a UUID");
    expect(error.details.todo).toContain(advice);
  });

  test("a long text is shortened", () => {
    expect(refusal("x".repeat(5000)).message.length).toBeLessThan(300);
  });

  test("the error names the place", () => {
    expect(() => IdColumn.from([1, 2, "3"], place)).toThrow("points[2].id");
  });
});

describe("properties", () => {
  test("every form of a UUID is the same id", () => {
    fc.assert(
      fc.property(uuid, fc.boolean(), (id, upper) => {
        const spelled = upper ? id.toUpperCase() : id;
        for (const form of [spelled, spelled.replaceAll("-", ""), `urn:uuid:${spelled}`, `{${spelled}}`]) {
          expect(parseId(form, "id")).toBe(id);
        }
      }),
    );
  });

  test("what comes back can be given again, and is the same", () => {
    fc.assert(
      fc.property(anyId, (id) => {
        const once = parseId(id, "id");
        expect(parseId(once, "id")).toBe(once);
        expect(typeof once === "number").toBe(typeof id !== "string" && BigInt(id) < 2n ** 53n);
      }),
    );
  });

  test("the order is: integers by value, then UUIDs by their bytes", () => {
    const key = (id: PointId): [number, bigint] =>
      typeof id === "string" ? [1, BigInt(`0x${id.replaceAll("-", "")}`)] : [0, BigInt(id)];
    fc.assert(
      fc.property(anyId, anyId, (a, b) => {
        const [kindA, valueA] = key(a);
        const [kindB, valueB] = key(b);
        const expected = kindA - kindB || (valueA < valueB ? -1 : valueA > valueB ? 1 : 0);
        expect(Math.sign(compareIds(parseId(a, "id"), parseId(b, "id")))).toBe(Math.sign(expected));
      }),
    );
  });
});
