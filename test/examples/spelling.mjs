// Words that look alike: the Levenshtein distance, given up as soon as it exceeds what is of interest.

const FARTHEST = 2;

/**
 * The known words whose spelling is nearest, at most two edits away; of equally near ones, the more frequent first.
 *
 * @param {string} word
 * @param {string[]} known most frequent first
 * @param {number} limit
 */
export function nearestSpellings(word, known, limit) {
  return known
    .map((other) => ({ other, edits: editsBetween(word, other) }))
    .filter(({ edits }) => edits <= FARTHEST)
    .sort((a, b) => a.edits - b.edits) // stable: frequency decides among equals
    .slice(0, limit)
    .map(({ other }) => other);
}

/** @param {string} a @param {string} b */
function editsBetween(a, b) {
  if (Math.abs(a.length - b.length) > FARTHEST) return FARTHEST + 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    if (Math.min(...next) > FARTHEST) return FARTHEST + 1;
    row = next;
  }
  return row[b.length] ?? FARTHEST + 1;
}
