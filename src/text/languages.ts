import { invalidArgument } from "../errors.ts";

/** Qdrant takes these for the names, though its API description doesn't say so. */
const CODES: Readonly<Record<string, string>> = {
  ar: "arabic",
  az: "azerbaijani",
  bn: "bengali",
  ca: "catalan",
  da: "danish",
  de: "german",
  el: "greek",
  en: "english",
  es: "spanish",
  eu: "basque",
  fi: "finnish",
  fr: "french",
  he: "hebrew",
  "hi-en": "hinglish",
  hu: "hungarian",
  hy: "armenian",
  id: "indonesian",
  it: "italian",
  jp: "japanese",
  kk: "kazakh",
  ne: "nepali",
  nl: "dutch",
  no: "norwegian",
  pt: "portuguese",
  ro: "romanian",
  ru: "russian",
  sl: "slovene",
  sv: "swedish",
  ta: "tamil",
  tg: "tajik",
  tr: "turkish",
  zh: "chinese",
};

/** Reads the name of a language, or Qdrant's code for it. */
export function parseLanguage<Name extends string>(
  value: unknown,
  what: string,
  names: readonly Name[],
): Name {
  const name = typeof value === "string" && Object.hasOwn(CODES, value) ? CODES[value] : value;
  if (names.includes(name as Name)) return name as Name;
  throw invalidArgument(what, value, `a language: one of ${names.join(", ")}`);
}
