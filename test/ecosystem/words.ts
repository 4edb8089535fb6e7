/** An embedding model for tests: texts that share words are close, and equal texts have equal vectors. */

const DIMENSIONS = 48;

/** The unit vector of a text: one direction per word, the same on every run. */
export function embed(text: string): number[] {
  const vector = new Array<number>(DIMENSIONS).fill(0);
  for (const word of text.toLowerCase().match(/[a-z]+/g) ?? []) {
    let state = [...word].reduce(
      (hash, char) => Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193),
      0x811c9dc5,
    );
    for (let i = 0; i < DIMENSIONS; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      vector[i] = (vector[i] ?? 0) + state / 2 ** 31;
    }
  }
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

export function cosine(a: string, b: string): number {
  const other = embed(b);
  return embed(a).reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
}

/** Texts from the closest to a question to the farthest. */
export function ranked(question: string, texts: readonly string[]): string[] {
  return [...texts].sort((a, b) => cosine(question, b) - cosine(question, a));
}
