import fc from "fast-check";
import { expect, test } from "vitest";
import { RowLists } from "../../src/vectors/kinds/row-lists.ts";

function rowsOf(lists: RowLists, offset: number): number[] {
  const rows: number[] = [];
  let row = lists.first(offset);
  for (let i = 0; i < lists.count(offset); i++, row = lists.next(row)) rows.push(row);
  return rows;
}

test("lists of any lengths share the rows, each row in one list, and none is lost", () => {
  const step = fc.record({ offset: fc.nat(20), count: fc.integer({ min: 0, max: 12 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
      const lists = new RowLists();
      const model = new Map<number, number[]>();
      let most = 0;
      for (const { offset, count } of steps) {
        if (model.delete(offset)) lists.drop(offset);
        if (count > 0) {
          const limit = lists.reserve(count, offset + 1);
          expect(limit).toBeGreaterThanOrEqual(lists.rowLimit);
          const bytes = lists.memoryBytes;
          const first = lists.add(offset, count);
          expect(lists.rowLimit).toBeLessThanOrEqual(limit);
          expect(lists.memoryBytes).toBe(bytes);
          model.set(offset, rowsOf(lists, offset));
          expect(rowsOf(lists, offset)[0]).toBe(first);
        }
        const rows = [...model.values()].flat();
        most = Math.max(most, rows.length);
        expect(new Set(rows).size).toBe(rows.length);
        expect([lists.points, lists.rows]).toEqual([model.size, rows.length]);
        expect(lists.rowLimit).toBe(most); // never more rows than were in use at once
      }
      for (let offset = 0; offset <= 21; offset++) {
        const rows = model.get(offset) ?? [];
        expect(rowsOf(lists, offset)).toEqual(rows);
        for (const row of rows) expect(lists.owner(row)).toBe(offset);
      }
    }),
    { numRuns: 100, seed: 2 },
  );
});
