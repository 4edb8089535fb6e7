/**
 * Snowball's stemmer for English ("Porter2", as of Snowball 2.2), after its published description: the library that has
 * the other languages has Porter's first algorithm here, whose stems are others ("interestingly" → "interestingli").
 *
 * R1 is what follows the first non-vowel after a vowel, R2 the same within R1; most endings go only where they lie in one
 * of them. A `Y` is a y that counts as a consonant.
 *
 * ```
 *   b e a u t i f u l        a n i m a d v e r s i o n
 *           └── R1 ─┘          └────────── R1 ───────┘
 *               └─R2┘              └────── R2 ───────┘
 * ```
 */

const VOWEL = /[aeiouy]/;
const REGION = /[aeiouy][^aeiouy]/g;
/** Words whose R1 would begin too early. */
const FIXED_R1 = /^(?:gener|commun|arsen)/;
/** Ends with a short syllable. */
const SHORT_END = /(?:[^aeiouy][aeiouy][^aeiouywxY]|^[aeiouy][^aeiouy])$/;

const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ["skis", "ski"],
  ["skies", "sky"],
  ["dying", "die"],
  ["lying", "lie"],
  ["tying", "tie"],
  ["idly", "idl"],
  ["gently", "gentl"],
  ["ugly", "ugli"],
  ["early", "earli"],
  ["only", "onli"],
  ["singly", "singl"],
  ...["sky", "news", "howe", "atlas", "cosmos", "bias", "andes"].map((word): [string, string] => [
    word,
    word,
  ]),
]);
/** Words that are left alone once their plural is gone. */
const FINISHED = /^(?:inning|outing|canning|herring|earring|proceed|exceed|succeed)$/;

/** What endings become. The longest that fits counts, whether or not it lies in the region. */
type Endings = readonly (readonly [ending: string, becomes: string])[];

const STEP_2 = longestFirst({
  tional: "tion",
  enci: "ence",
  anci: "ance",
  abli: "able",
  entli: "ent",
  izer: "ize",
  ization: "ize",
  ational: "ate",
  ation: "ate",
  ator: "ate",
  alism: "al",
  aliti: "al",
  alli: "al",
  fulness: "ful",
  ousli: "ous",
  ousness: "ous",
  iveness: "ive",
  iviti: "ive",
  biliti: "ble",
  bli: "ble",
  ogi: "og",
  fulli: "ful",
  lessli: "less",
  li: "",
});
const STEP_3 = longestFirst({
  tional: "tion",
  ational: "ate",
  alize: "al",
  icate: "ic",
  iciti: "ic",
  ical: "ic",
  ful: "",
  ness: "",
  ative: "",
});
const STEP_4 = longestFirst(
  Object.fromEntries(
    "al ance ence er ic able ible ant ement ment ent ism ate iti ous ive ize ion"
      .split(" ")
      .map((ending) => [ending, ""]),
  ),
);

/** The stem of a word in lower case; words in other scripts stay as they are. */
export function stemmer(word: string): string {
  const exception = EXCEPTIONS.get(word);
  if (exception !== undefined) return exception;
  if (word.length < 3) return word;
  const bare = word.replace(/^'/, "");
  const marked = markConsonants(bare);
  const r1 = FIXED_R1.exec(marked)?.[0].length ?? regionFrom(marked, 0);
  const r2 = regionFrom(marked, r1);
  const stemmed = stem(marked, r1, r2);
  return marked === bare ? stemmed : stemmed.replaceAll("Y", "y");
}

function stem(word: string, r1: number, r2: number): string {
  let left = withoutPlural(word.replace(/'(?:s'?)?$/, ""));
  if (FINISHED.test(left)) return left;
  left = withoutPast(left, r1);
  if (/.[^aeiouy][yY]$/.test(left)) left = `${left.slice(0, -1)}i`;
  left = replaceEnding(left, STEP_2, r1, (ending, before) => {
    if (ending === "ogi") return before.endsWith("l");
    return ending !== "li" || /[cdeghkmnrt]$/.test(before);
  });
  left = replaceEnding(left, STEP_3, r1, (ending, before) => ending !== "ative" || before.length >= r2);
  left = replaceEnding(left, STEP_4, r2, (ending, before) => ending !== "ion" || /[st]$/.test(before));
  return withoutLast(left, r1, r2);
}

/** A y at the beginning or after a vowel is a consonant; one after such a y is none. */
function markConsonants(word: string): string {
  if (!word.includes("y")) return word;
  let marked = "";
  // Not the end of `marked`: to look into a string that grows makes engines copy it.
  let before = "y";
  for (const letter of word) {
    before = letter === "y" && VOWEL.test(before) ? "Y" : letter;
    marked += before;
  }
  return marked;
}

/** Where the region after the first vowel and non-vowel begins. */
function regionFrom(word: string, from: number): number {
  REGION.lastIndex = from;
  return REGION.test(word) ? REGION.lastIndex : word.length;
}

function withoutPlural(word: string): string {
  if (word.endsWith("sses")) return word.slice(0, -2);
  if (/ie[ds]$/.test(word)) return word.slice(0, word.length > 4 ? -2 : -1);
  if (/[us]s$/.test(word) || !word.endsWith("s")) return word;
  return VOWEL.test(word.slice(0, -2)) ? word.slice(0, -1) : word;
}

/** Endings of the past and of -ing, and what they had done to the word before them. */
function withoutPast(word: string, r1: number): string {
  const stemOfEed = /^(.*)eed(?:ly)?$/s.exec(word)?.[1];
  if (stemOfEed !== undefined) return stemOfEed.length >= r1 ? `${stemOfEed}ee` : word;
  const left = /^(.*?)(?:ed|edly|ing|ingly)$/s.exec(word)?.[1];
  if (left === undefined || !VOWEL.test(left)) return word;
  if (/(?:at|bl|iz)$/.test(left)) return `${left}e`;
  if (/(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(left)) return left.slice(0, -1);
  return left.length === r1 && SHORT_END.test(left) ? `${left}e` : left;
}

function replaceEnding(
  word: string,
  endings: Endings,
  region: number,
  allowed: (ending: string, before: string) => boolean,
): string {
  const found = endings.find(([ending]) => word.endsWith(ending));
  if (found === undefined) return word;
  const [ending, becomes] = found;
  const before = word.slice(0, -ending.length);
  return before.length >= region && allowed(ending, before) ? before + becomes : word;
}

function withoutLast(word: string, r1: number, r2: number): string {
  const before = word.slice(0, -1);
  const inR2 = before.length >= r2;
  if (word.endsWith("e")) {
    return inR2 || (before.length >= r1 && !SHORT_END.test(before)) ? before : word;
  }
  return word.endsWith("ll") && inR2 ? before : word;
}

function longestFirst(endings: Readonly<Record<string, string>>): Endings {
  return Object.entries(endings).sort(([a], [b]) => b.length - a.length);
}
