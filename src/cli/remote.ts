/** A server that commands talk to. */

import { parseJson } from "../payload/json.ts";
import { UsageError } from "./arguments.ts";

/** Arguments of all commands that talk to a server. */
export const REMOTE_ARGUMENTS = {
  url: { type: "string", default: "http://127.0.0.1:6333", description: "Address of the server" },
  "api-key": { type: "string", description: "Key to send (or NEARVEC_API_KEY)" },
} as const;

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
    const response = await this.#send(verb, path, body);
    const text = await response.text();
    if (!response.ok) throw new UsageError(`${response.status} ${errorIn(text)}`);
    const answer = parseJson(text) as { result?: unknown };
    return ("result" in answer ? answer.result : answer) as T;
  }

  async #send(verb: string, path: string, body: string | object | undefined): Promise<Response> {
    try {
      return await fetch(this.#url + path, {
        method: verb,
        headers: { ...this.#headers, ...(body !== undefined && { "content-type": "application/json" }) },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
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
    return (JSON.parse(text) as { status: { error: string } }).status.error;
  } catch {
    return text.slice(0, 200); // some other server, or something between
  }
}
