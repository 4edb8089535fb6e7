import { notSupported } from "../errors.ts";
import { OnDemand } from "../on-demand.ts";

interface Words {
  readonly stopwords: readonly string[];
}

/**
 * Lists by language, each loaded by itself. English has Qdrant's list. The others are of a library, and the same as Qdrant's
 * for Danish, Dutch, Italian, Norwegian and Swedish, but for a few words for Finnish, French, German, Portuguese and
 * Russian; those for Hungarian, Spanish and Turkish have more words, those for Arabic, Greek, Indonesian and Romanian fewer.
 * (The library's list for Slovene is a Russian one.)
 */
const LISTS = {
  arabic: () => import("@orama/stopwords/arabic"),
  azerbaijani: undefined,
  basque: undefined,
  bengali: undefined,
  catalan: undefined,
  chinese: () => import("@orama/stopwords/mandarin"),
  danish: () => import("@orama/stopwords/danish"),
  dutch: () => import("@orama/stopwords/dutch"),
  english: () => import("./english-stop-words.ts"),
  finnish: () => import("@orama/stopwords/finnish"),
  french: () => import("@orama/stopwords/french"),
  german: () => import("@orama/stopwords/german"),
  greek: () => import("@orama/stopwords/greek"),
  hebrew: undefined,
  hinglish: undefined,
  hungarian: () => import("@orama/stopwords/hungarian"),
  indonesian: () => import("@orama/stopwords/indonesian"),
  italian: () => import("@orama/stopwords/italian"),
  japanese: () => import("@orama/stopwords/japanese"),
  kazakh: undefined,
  nepali: () => import("@orama/stopwords/nepali"),
  norwegian: () => import("@orama/stopwords/norwegian"),
  portuguese: () => import("@orama/stopwords/portuguese"),
  romanian: () => import("@orama/stopwords/romanian"),
  russian: () => import("@orama/stopwords/russian"),
  slovene: undefined,
  spanish: () => import("@orama/stopwords/spanish"),
  swedish: () => import("@orama/stopwords/swedish"),
  tajik: undefined,
  turkish: () => import("@orama/stopwords/turkish"),
} as const satisfies Readonly<Record<string, (() => Promise<Words>) | undefined>>;

/** The languages of Qdrant, with or without a list here. */
export type StopWordLanguage = keyof typeof LISTS;

export const STOP_WORD_LANGUAGES = Object.keys(LISTS) as readonly StopWordLanguage[];

/** @throws {NearvecError} `NOT_SUPPORTED` for a language without a list */
export function checkStopWords(language: StopWordLanguage): void {
  if (LISTS[language] !== undefined) return;
  throw notSupported(`a list of stop words for ${language}`, "Give the words themselves, as `custom`.");
}

/** @throws {NearvecError} `NOT_SUPPORTED`, or `INTERNAL`: the list could not be loaded */
export async function loadStopWords(language: StopWordLanguage): Promise<readonly string[]> {
  checkStopWords(language);
  const load = LISTS[language] as () => Promise<Words>;
  const code = new OnDemand<Words>(`stop words (${language})`, load);
  await code.load();
  return code.module.stopwords;
}
