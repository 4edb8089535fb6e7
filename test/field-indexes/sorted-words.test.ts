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

test("a walk meets all words that stay, in order and once, while others come and go", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4000 }),
      fc.array(fc.tuple(fc.nat(5000), fc.nat(5000)), { maxLength: 40 }),
      fc.integer({ min: 1, max: 700 }),
      (count, changes, every) => {
        const words = new SortedWords();
        const there = new Set<string>();
        const add = (n: number) => {
          const each = `word ${(n * 7919) % 5003}`;
          if (!there.has(each)) words.add(each);
          there.add(each);
        };
        for (let n = 0; n < count; n++) add(n);
        const stayed = new Set(there);
        const met: string[] = [];
        const left = changes.slice();
        for (const word of words.walk()) {
          met.push(word);
          if (met.length % every !== 0) continue;
          const [first, last] = left.pop() ?? [0, -1];
          for (let n = first; n <= last; n++) {
            const each = `word ${(n * 7919) % 5003}`;
            if (n % 3 === 0) add(n);
            else if (there.delete(each)) words.delete(each);
            if (!there.has(each)) stayed.delete(each);
          }
        }
        expect(met.filter((word) => stayed.has(word))).toEqual([...stayed].sort());
        expect(met).toEqual([...new Set(met)].sort());
      },
    ),
    { numRuns: 100, seed: 1 },
  );
});
