import fc from "fast-check";
import { expect, test } from "vitest";
import { SortedWords } from "../../src/field-indexes/sorted-words.ts";

const word = fc.oneof(
  fc.string({ maxLength: 3 }),
  fc.constantFrom("", "a", "ab", "aba", "b", "\uffff", "😀"),
);

/** Words that have a counter in them, so that leaves fill up, split, and join again. */
const many = fc.record({ add: fc.boolean(), stem: word, count: fc.integer({ min: 1, max: 1500 }) });

test("finds words by how they begin, in order", () => {
  fc.assert(
    fc.property(fc.array(many, { maxLength: 6 }), fc.array(word, { maxLength: 5 }), (changes, prefixes) => {
      const words = new SortedWords();
      const expected = new Set<string>();
      for (const { add, stem, count } of changes) {
        for (let i = 0; i < count; i++) {
          const each = `${stem}${(i * 7919) % 1000}`;
          if (add === expected.has(each)) continue;
          if (add) words.add(each);
          else words.delete(each);
          if (add) expected.add(each);
          else expected.delete(each);
        }
      }
      for (const prefix of ["", ...prefixes]) {
        const found: string[] = [];
        words.each(prefix, (each) => {
          found.push(each);
          return true;
        });
        expect(found).toEqual([...expected].filter((each) => each.startsWith(prefix)).sort());
      }
    }),
    { numRuns: 60 },
  );
});

test("a walk ends when it is told to", () => {
  const words = new SortedWords();
  for (const each of ["a", "ab", "ac", "b"]) words.add(each);
  const found: string[] = [];
  words.each("a", (each) => found.push(each) < 2);
  expect(found).toEqual(["a", "ab"]);
});
