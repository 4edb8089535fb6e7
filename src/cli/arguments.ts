/** What commands have in common in reading their arguments. */

import type { ArgsDef } from "citty";
import { isKey } from "../http/key.ts";

/** Something that the caller can mend: it is printed without a stack. */
export class UsageError extends Error {}

/**
 * Refuses options that a command doesn't have: a misspelt `--api-key` must not start a server that everybody may use.
 *
 * @throws {UsageError}
 */
export function checkArguments(args: Readonly<Record<string, unknown>>, known: ArgsDef): void {
  const names = new Set(["_", ...Object.keys(known).flatMap((name) => [name, camelCase(name)])]);
  const unknown = Object.keys(args).find((name) => !names.has(name));
  if (unknown !== undefined) throw new UsageError(`unknown option --${unknown}; see --help`);
  // `--no-…` makes false of any of them.
  const isFlag = (name: string) =>
    known[name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)]?.type === "boolean";
  const [wrong] =
    Object.entries(args).find(
      ([name, value]) => name !== "_" && typeof value !== (isFlag(name) ? "boolean" : "string"),
    ) ?? [];
  if (wrong !== undefined)
    throw new UsageError(`--${wrong}: expected ${isFlag(wrong) ? "no value" : "a text"}; see --help`);
  const positional = Object.values(known).filter(({ type }) => type === "positional").length;
  const rest = (args._ as readonly string[]).slice(positional);
  if (rest.length > 0) throw new UsageError(`unexpected argument ${JSON.stringify(rest[0])}; see --help`);
}

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * A key from an option, or else from the environment. It is not shown, not even a wrong one.
 *
 * @throws {UsageError} for what can be no key: when it is empty, a variable most likely isn't set
 */
export function keyArgument(option: string | undefined, name: string): string | undefined {
  const variable = `NEARVEC_${name.toUpperCase().replaceAll("-", "_")}`;
  const key = option ?? process.env[variable];
  if (key === undefined || isKey(key)) return key;
  const wrong = key === "" ? "it is empty" : "a key has visible ASCII characters, and no space at its ends";
  throw new UsageError(`${option === undefined ? variable : `--${name}`}: ${wrong}`);
}

/** An integer from an option. @throws {UsageError} */
export function integerArgument(text: string, name: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(
    `--${name}: got ${JSON.stringify(text)}, expected an integer from ${least} to ${most}`,
  );
}
