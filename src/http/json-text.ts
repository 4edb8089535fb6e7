/** JSON as it goes into an answer: payloads as they are stored, vectors digit by digit, neither becoming values in between. */

import { type AnswerForm, FORM } from "../client/answer-form.ts";
import { floatsText } from "./float-text.ts";
import { TOO_LONG } from "./refusal.ts";

/** A value that is written already. */
class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** To JSON.stringify it is what bigints are, too: no value. */
  toJSON(): never {
    throw IS_TEXT;
  }
}

const IS_TEXT = new TypeError("this is JSON already");

const utf8 = new TextDecoder();

/** No string of V8's is longer, and so no answer. */
const MOST_TEXT = 2 ** 29 - 24;

/**
 * A form in which an answer comes as text. What would be too long to be sent is given up as soon as that is known: by the time
 * that all of it is there, it may have taken the memory of the whole process.
 */
export class TextForm implements AnswerForm {
  #length = 0;

  readonly payload: AnswerForm["payload"] = (json) => this.#standIn(utf8.decode(json));
  readonly floats: AnswerForm["floats"] = (values) => this.#standIn(floatsText(values));

  /** For whatever the text is of: `jsonOf` alone will look at it. */
  #standIn<T>(text: string): T {
    this.#length += text.length;
    if (this.#length > MOST_TEXT) throw TOO_LONG;
    return new JsonText(text) as T;
  }
}

/** The request, so that payloads and vectors of its answer come in that form. */
export function inForm<T extends object>(request: T, form: TextForm): T {
  return { ...request, [FORM]: form };
}

/** As JSON.stringify, with bigints as the integers that they are, and what is text already as it is. */
export function jsonOf(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return Number.isFinite(value) ? String(value) : "null";
    case "object":
      if (value === null) return "null";
      if (value instanceof JsonText) return value.text;
      if ("toJSON" in value && typeof value.toJSON === "function") return jsonOf(value.toJSON());
      return Array.isArray(value) ? listText(value) : objectText(value as Readonly<Record<string, unknown>>);
    case "undefined":
      return "null";
    default:
      return String(value);
  }
}

function listText(list: readonly unknown[]): string {
  let text = "[";
  for (let i = 0; i < list.length; i++) text += i === 0 ? jsonOf(list[i]) : `,${jsonOf(list[i])}`;
  return `${text}]`;
}

function objectText(object: Readonly<Record<string, unknown>>): string {
  let text = "{";
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === undefined) continue;
    if (text.length > 1) text += ",";
    text += `${JSON.stringify(key)}:${key === "payload" ? valueText(value) : jsonOf(value)}`;
  }
  return `${text}}`;
}

/** For what mostly holds values alone, as parts of payloads do: of these the engine's own way is the fastest. */
function valueText(value: unknown): string {
  if (value instanceof JsonText) return value.text;
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return jsonOf(value);
  }
}
