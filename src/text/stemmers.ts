import { OnDemand } from "../on-demand.ts";

/** Turns a word in lower case into what it shares with its other forms. */
export type Stem = (word: string) => string;

/**
 * Snowball's stemmers by language, each loaded by itself. They give what Snowball 2.2 gives; Qdrant's are of about that age.
 */
const STEMMERS = {
  arabic: () => import("@orama/stemmers/arabic"),
  armenian: () => import("@orama/stemmers/armenian"),
  danish: () => import("@orama/stemmers/danish"),
  dutch: () => import("@orama/stemmers/dutch"),
  english: () => import("./english-stemmer.ts"),
  finnish: () => import("@orama/stemmers/finnish"),
  french: () => import("@orama/stemmers/french"),
  german: () => import("@orama/stemmers/german"),
  greek: () => import("@orama/stemmers/greek"),
  hungarian: () => import("@orama/stemmers/hungarian"),
  italian: () => import("@orama/stemmers/italian"),
  norwegian: () => import("@orama/stemmers/norwegian"),
  portuguese: () => import("@orama/stemmers/portuguese"),
  romanian: () => import("@orama/stemmers/romanian"),
  russian: () => import("@orama/stemmers/russian"),
  spanish: () => import("@orama/stemmers/spanish"),
  swedish: () => import("@orama/stemmers/swedish"),
  tamil: () => import("@orama/stemmers/tamil"),
  turkish: () => import("@orama/stemmers/turkish"),
} as const satisfies Readonly<Record<string, () => Promise<{ readonly stemmer: Stem }>>>;

export type StemmerLanguage = keyof typeof STEMMERS;

export const STEMMER_LANGUAGES = Object.keys(STEMMERS) as readonly StemmerLanguage[];

/** @throws {NearvecError} `INTERNAL`: the code could not be loaded */
export async function loadStemmer(language: StemmerLanguage): Promise<Stem> {
  const code = new OnDemand<{ readonly stemmer: Stem }>(`stemmers (${language})`, STEMMERS[language]);
  await code.load();
  return code.module.stemmer;
}
