/** Callers of a handler, whose every response is held against the API description. */

import type { NearvecClient } from "../../src/client/client.ts";
import { createHandler, type Handler, type HandlerOptions } from "../../src/http/index.ts";
import { open } from "../../src/index.ts";
import { parseJson } from "../../src/payload/json.ts";
import { complaints } from "./description.ts";

export interface Answer {
  readonly status: number;
  /** Of an answer that is no error. */
  // biome-ignore lint/suspicious/noExplicitAny: what it holds is what tests are about
  readonly result: any;
  /** The text of an error. */
  readonly error: string | undefined;
  readonly text: string;
  readonly headers: Headers;
}

export type Caller = (
  verb: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer>;

/** Bodies are values, or the text or bytes themselves. */
function callerOf(handler: Handler): Caller {
  return async (verb, path, body, headers = {}) => {
    const isRaw = typeof body === "string" || body instanceof Uint8Array;
    const request = new Request(`http://localhost${path}`, {
      method: verb,
      headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
      ...(body !== undefined && { body: (isRaw ? body : JSON.stringify(body)) as string }),
    });
    const response = await handler(request);
    return checked(verb, path, response);
  };
}

/** The answer, unless the description has something against it. */
async function checked(verb: string, path: string, response: Response): Promise<Answer> {
  const text = await response.text();
  const { status, headers } = response;
  const problems = complaints(verb, path, status, headers.get("content-type") ?? "", text);
  if (problems.length > 0) throw new Error(`not as described:\n${problems.join("\n")}`);
  const isJson = headers.get("content-type") === "application/json";
  const value = (isJson ? parseJson(text) : {}) as { result?: unknown; status?: { error?: string } };
  return { status, headers, text, result: value.result, error: value.status?.error };
}

export interface TestServer extends AsyncDisposable {
  readonly client: NearvecClient;
  readonly handler: Handler;
  readonly call: Caller;
}

/** A handler over an engine of its own. What it calls a defect of nearvec fails the call. */
export async function serving(options: HandlerOptions = {}): Promise<TestServer> {
  const client = await open();
  const onDefect = (error: unknown) => {
    throw error;
  };
  const handler = createHandler(client, { onDefect, ...options });
  return { client, handler, call: callerOf(handler), [Symbol.asyncDispose]: () => client.close() };
}

/** A collection of 4-dimensional vectors with points 1 to 6. */
export async function cities({ call }: TestServer, name = "cities"): Promise<void> {
  await call("PUT", `/collections/${name}`, { vectors: { size: 4, distance: "Dot" } });
  const points = [
    { id: 1, vector: [0.05, 0.61, 0.76, 0.74], payload: { city: "Berlin", visitors: 13 } },
    { id: 2, vector: [0.19, 0.81, 0.75, 0.11], payload: { city: "London", visitors: 20 } },
    { id: 3, vector: [0.36, 0.55, 0.47, 0.94], payload: { city: "Moscow", visitors: 20 } },
    { id: 4, vector: [0.18, 0.01, 0.85, 0.8], payload: { city: "New York", visitors: 66 } },
    { id: 5, vector: [0.24, 0.18, 0.22, 0.44], payload: { city: "Beijing", tags: ["capital", "old"] } },
    { id: 6, vector: [0.35, 0.08, 0.11, 0.44], payload: { city: "Mumbai", tags: ["old"] } },
  ];
  await call("PUT", `/collections/${name}/points?wait=true`, { points });
}
