import type { Payload } from "./types.ts";

/**
 * What stored payloads and vectors become in an answer: values, unless a request brings another form along. Then what stands
 * in the answer only stands for a payload, or for numbers.
 */
export interface AnswerForm {
  /** A whole payload, from its UTF-8 JSON. The bytes are good until the store changes. */
  readonly payload: (json: Uint8Array) => Payload;
  /** The numbers of a vector; likewise. */
  readonly floats: (values: Float32Array) => number[];
}

/**
 * Where a request has its form: for those inside the package, as no text has such a key and no type shows it. A call that has to
 * wait for code forgets it (snapshot.ts), and answers with values: to ask for a form is no promise.
 */
export const FORM = Symbol("form of the answer");

export function formOf(request: object): AnswerForm | undefined {
  return (request as { readonly [FORM]?: AnswerForm })[FORM];
}
