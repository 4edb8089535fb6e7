import { type Analyzer, createAnalyzer } from "../../src/text/analyzer.ts";
import { checkTextOptions, TEXT_OPTIONS, type TextOptions } from "../../src/text/text-params.ts";

/** The options of a request as they are read for an index. */
export function textOptions(given: Readonly<Record<string, unknown>> = {}): TextOptions {
  const entries = Object.entries(TEXT_OPTIONS).map(([name, read]) => [
    name,
    read(given[name], `schema.${name}`),
  ]);
  const options = Object.fromEntries(entries);
  checkTextOptions(options, "schema");
  return options;
}

export function analyzer(given: Readonly<Record<string, unknown>> = {}): Promise<Analyzer> {
  return createAnalyzer(textOptions(given));
}

export const snowball = (language: string) => ({ stemmer: { type: "snowball", language } });
