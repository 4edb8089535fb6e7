import { describe, expect, test } from "vitest";
import { parseFilter } from "../../src/filters/parse.ts";
import { IndexedPoints } from "./support.ts";

async function points(params: unknown, ...values: string[]) {
  const points = new IndexedPoints();
  await points.create("v", params);
  for (const [offset, value] of values.entries()) points.put(offset, `{"v":${value}}`);
  return (asked: object) => {
    const filter = parseFilter({ must: { key: "v", ...asked } }, "filter");
    const { sure, maybe } = points.answer(filter) ?? { sure: ["nothing is known"], maybe: [] };
    expect([...sure, ...maybe]).toEqual(expect.arrayContaining(points.asked(filter)));
    return { sure, maybe, count: points.count(filter) };
  };
}

describe("integers", () => {
  const big = String(2n ** 60n);
  const bigger = String(2n ** 60n + 1n);

  test("beyond 2^53 are found exactly by lookup, and asked without", async () => {
    const lookup = await points("integer", big, bigger, "7");
    expect(lookup({ match: { value: 2n ** 60n } })).toEqual({ sure: [0], maybe: [], count: 1 });
    const order = await points({ type: "integer", lookup: false }, big, bigger, "7");
    expect(order({ match: { value: 2n ** 60n } })).toEqual({ sure: [], maybe: [0, 1], count: undefined });
    expect(order({ match: { any: [7, 8] } })).toEqual({ sure: [2], maybe: [], count: 1 });
    expect(order({ range: { gte: 8 } })).toEqual({ sure: [0, 1], maybe: [], count: 2 });
  });

  test("numbers with a fraction are no integers: they are asked", async () => {
    const ask = await points("integer", "1", "1.5", '"1"', "2");
    expect(ask({ range: { gt: 1 } })).toEqual({ sure: [3], maybe: [1, 2], count: undefined });
    expect(ask({ match: { value: 1 } })).toEqual({ sure: [0], maybe: [], count: 1 });
    expect(ask({ match: { except: [1] } })).toEqual({ sure: [3], maybe: [1, 2], count: undefined });
  });

  test("without an order, ranges are asked of the values", async () => {
    const ask = await points({ type: "integer", range: false }, "1", "5", "[1, 9]");
    expect(ask({ range: { gte: 5 } })).toEqual({ sure: [1, 2], maybe: [], count: undefined });
  });
});

describe("dates", () => {
  test("all spellings of a moment are the same", async () => {
    const ask = await points(
      "datetime",
      '"2024-02-29"',
      '"2024-02-29T01:00:00+01:00"',
      '"2024-03-01"',
      '"never"',
    );
    expect(ask({ range: { lte: "2024-02-29 00:00:00" } })).toEqual({ sure: [0, 1], maybe: [], count: 2 });
  });

  test("those too far for an exact f64 are asked where they look like the bound", async () => {
    const far = ["0900-01-01T00:00:00.000001Z", "0900-01-01T00:00:00.000002Z", "0899-01-01", "2024-01-01"];
    const ask = await points("datetime", ...far.map((each) => JSON.stringify(each)));
    expect(ask({ range: { gte: "0900-01-01T00:00:00.000002Z" } })).toEqual({
      sure: [3],
      maybe: [0, 1],
      count: undefined,
    });
    expect(ask({ range: { lt: "2024-01-01" } })).toEqual({ sure: [0, 1, 2], maybe: [], count: 3 });
  });
});

test("a point with several values is counted once", async () => {
  const ask = await points("float", "[1, 2]", "1.5", "[]", "null", "[-0, 0]");
  expect(ask({ range: { gte: 1 } })).toEqual({ sure: [0, 1], maybe: [], count: undefined });
  expect(ask({ match: { value: 0 } })).toEqual({ sure: [4], maybe: [], count: 1 });
});
