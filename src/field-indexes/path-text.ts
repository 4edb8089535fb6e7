import { EACH, type JsonPath } from "../payload/path.ts";

const BARE = /^[\p{Alphabetic}\p{N}_-]+$/u;

/** The one spelling of a path that is used here. */
export function pathText(path: JsonPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step === EACH ? "" : step}]`;
    const key = BARE.test(step) ? step : `"${step}"`;
    return text === "" ? key : `${text}.${key}`;
  }, "");
}
