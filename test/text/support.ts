import { TextIndexParams } from "../../src/generated/validators/text-index-params.ts";
import { type Analyzer, createAnalyzer } from "../../src/text/analyzer.ts";
import * as params from "../../src/text/text-params.ts";
import { check } from "../../src/validation/schema.ts";

/** The options of a request as they are read for an index. */
export function textOptions(given: Readonly<Record<string, unknown>> = {}): params.TextOptions {
  return params.textOptions(check(TextIndexParams, { type: "text", ...given }, "schema"), "schema");
}

export function analyzer(given: Readonly<Record<string, unknown>> = {}): Promise<Analyzer> {
  return createAnalyzer(textOptions(given));
}

export const snowball = (language: string) => ({ stemmer: { type: "snowball", language } });
