const LEAF_WORDS = 512;
/** A leaf with no more joins a neighbour that has room. */
const FEW = LEAF_WORDS / 4;
const JOINED = (LEAF_WORDS / 4) * 3;

/** Strings in the order of their UTF-16 units, in which those with the same beginning stand together; each once. */
export class SortedWords {
  /** Sorted leaves in order; none is empty. */
  readonly #leaves: string[][] = [];

  /** The strings themselves belong to others. */
  get memoryBytes(): number {
    return this.#leaves.length * (LEAF_WORDS * 8 + 64);
  }

  /** Adds a word that is not there. */
  add(word: string): void {
    const end = this.#leaves.at(-1);
    if (end !== undefined && (end.at(-1) as string) < word) {
      // Words that come in order, as they do from a checkpoint: what was filled at the end stays full.
      if (end.length === LEAF_WORDS) this.#leaves.push([word]);
      else end.push(word);
      return;
    }
    const place = this.#placeOf(word);
    const leaf = this.#leaves[place];
    if (leaf === undefined) {
      this.#leaves.push([word]);
      return;
    }
    leaf.splice(lowerBound(leaf, word), 0, word);
    if (leaf.length > LEAF_WORDS) this.#leaves.splice(place + 1, 0, leaf.splice(LEAF_WORDS / 2));
  }

  /** Removes a word that is there. */
  delete(word: string): void {
    const place = this.#placeOf(word);
    const leaf = this.#leaves[place] as string[];
    leaf.splice(lowerBound(leaf, word), 1);
    if (leaf.length === 0) this.#leaves.splice(place, 1);
    else if (leaf.length <= FEW) this.#join(place);
  }

  /** Calls `visit` with the words that begin with the prefix, until it answers false. */
  each(prefix: string, visit: (word: string) => boolean): void {
    for (let place = this.#placeOf(prefix); place < this.#leaves.length; place++) {
      const leaf = this.#leaves[place] as string[];
      for (let at = lowerBound(leaf, prefix); at < leaf.length; at++) {
        const word = leaf[at] as string;
        if (!word.startsWith(prefix) || !visit(word)) return;
      }
    }
  }

  /** All words, in their order. Those that stay while they are walked are met once, however others come and go. */
  *walk(): Generator<string, undefined> {
    // Leaves may be divided or joined meanwhile: each time it goes on behind the last word.
    for (let words = this.#above(undefined); words.length > 0; words = this.#above(words.at(-1)))
      yield* words;
  }

  /** The words of one leaf that come first above the given one, a copy; all of a leaf where none is given. */
  #above(word: string | undefined): string[] {
    if (word === undefined) return this.#leaves[0]?.slice() ?? [];
    const place = this.#placeOf(word);
    const leaf = this.#leaves[place] ?? [];
    const at = lowerBound(leaf, word);
    const rest = leaf.slice(leaf[at] === word ? at + 1 : at);
    return rest.length > 0 ? rest : (this.#leaves[place + 1]?.slice() ?? []);
  }

  /** The last leaf that begins with the word or one below it; or the first leaf. */
  #placeOf(word: string): number {
    let low = 0;
    let high = this.#leaves.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#leaves[middle]?.[0] as string) <= word) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  #join(place: number): void {
    for (const left of [place, place - 1]) {
      const leaf = this.#leaves[left];
      const next = this.#leaves[left + 1];
      if (leaf === undefined || next === undefined || leaf.length + next.length > JOINED) continue;
      leaf.push(...next);
      this.#leaves.splice(left + 1, 1);
      return;
    }
  }
}

/** How many words of the leaf are below the given one. */
function lowerBound(leaf: readonly string[], word: string): number {
  let low = 0;
  let high = leaf.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((leaf[middle] as string) < word) low = middle + 1;
    else high = middle;
  }
  return low;
}
