import fc from "fast-check";
import { expect, test } from "vitest";
import { matches } from "../../src/filters/evaluate.ts";
import { idsOf, isUnconstrained } from "../../src/filters/filter.ts";
import { parseFilter } from "../../src/filters/parse.ts";
import { content, fieldTest, filter, id, json, path, vectors } from "./arbitraries.ts";
import { naive } from "./naive.ts";
import { payload, point } from "./support.ts";

test("filters find what a naive evaluator finds", () => {
  const found = { yes: 0, no: 0 };
  fc.assert(
    fc.property(filter, content, id, vectors, (request, content, id, vectors) => {
      const parsed = parseFilter(request, "filter");
      const expected = naive(request, { id, payload: content, vectors });
      expect(matches(parsed, point(id, payload(json(content)), vectors))).toBe(expected);
      if (isUnconstrained(parsed)) expect(expected).toBe(true);
      const ids = idsOf(parsed, 1000);
      if (ids !== undefined) expect(ids.includes(id)).toBe(expected);
      found[expected ? "yes" : "no"]++;
    }),
    { numRuns: 3000 },
  );
  // Both answers are worth testing.
  expect(Math.min(found.yes, found.no)).toBeGreaterThan(300);
});

test("single conditions find what a naive evaluator finds", () => {
  fc.assert(
    fc.property(path, fieldTest, content, (key, asked, content) => {
      const request = { must: { key, ...asked } };
      const expected = naive(request, { id: 1, payload: content, vectors: [] });
      expect(matches(parseFilter(request, "filter"), point(1, payload(json(content))))).toBe(expected);
    }),
    { numRuns: 5000 },
  );
});
