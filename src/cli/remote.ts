/** A server that commands talk to. */

import { parseJson } from "../payload/json.ts";
import { UsageError } from "./arguments.ts";

/** Arguments of all commands that talk to a server. */
export const REMOTE_ARGUMENTS = {
  url: { type: "string", default: "http://127.0.0.1:6333", description: "Address of the server" },
  "api-key": { type: "string", description: "Key to send (or NEARVEC_API_KEY)" },
} as const;

interface Answer {
  readonly status: number;
  readonly text: string;
}

export class Remote {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(url: string, apiKey = process.env.NEARVEC_API_KEY) {
    this.#url = url.replace(/\/$/, "");
    this.#headers = apiKey === undefined ? {} : { "api-key": apiKey };
  }

  /**
   * The `result` of a request, with its integers exact; the whole answer where there is none. A text is sent as it is.
   *
   * @throws {UsageError} with what the server says
   */
  async call<T>(verb: string, path: string, body?: string | object): Promise<T> {
    const { status, text } = await this.#send(verb, path, body);
    if (status >= 300 && status < 400) {
      throw new UsageError(`${this.#url} leads elsewhere (${status}), where the key is not sent; see --url`);
    }
    if (status < 200 || status >= 400) throw new UsageError(`${status} ${errorIn(text)}`);
    const answer = this.#parse(text);
    return ("result" in answer ? answer.result : answer) as T;
  }

  #parse(text: string): { result?: unknown } {
    try {
      const answer = parseJson(text);
      if (typeof answer === "object" && answer !== null) return answer;
    } catch {}
    const start = JSON.stringify(text.slice(0, 60));
    throw new UsageError(`${this.#url} answers with what is no JSON object: ${start}; is it a Qdrant API?`);
  }

  async #send(verb: string, path: string, body: string | object | undefined): Promise<Answer> {
    try {
      const response = await fetch(this.#url + path, {
        method: verb,
        redirect: "manual",
        headers: { ...this.#headers, ...(body !== undefined && { "content-type": "application/json" }) },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      return { status: response.status, text: await response.text() };
    } catch (cause) {
      throw new UsageError(`${this.#url} can't be reached; is a server running there?`, { cause });
    }
  }
}

/** The path of a collection, or of what belongs to it. */
export function pathOf(collection: string, rest = ""): string {
  return `/collections/${encodeURIComponent(collection)}${rest}`;
}

function errorIn(text: string): string {
  try {
    const { error } = (JSON.parse(text) as { status: { error?: unknown } }).status;
    if (typeof error === "string") return error;
  } catch {}
  return text.slice(0, 200); // some other server, or something between
}
