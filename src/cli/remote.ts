/** A server that commands talk to. */

import { parseJson } from "../payload/json.ts";
import { keyArgument, UsageError } from "./arguments.ts";

/** Arguments of all commands that talk to a server. */
export const REMOTE_ARGUMENTS = {
  url: { type: "string", default: "http://127.0.0.1:6333", description: "Address of the server" },
  "api-key": { type: "string", description: "Key to send (or NEARVEC_API_KEY)" },
} as const;

/** How long what stands at the address may take to say who it is. */
const GREETING_MS = 10_000;
/** Longer than servers give a request. */
const PATIENCE_MS = 150_000;

interface Answer {
  readonly status: number;
  readonly text: string;
}

export class Remote {
  /** What the server calls itself. */
  readonly title: string;
  readonly version: string;
  readonly #door: Door;

  private constructor(door: Door, title: string, version: string) {
    this.#door = door;
    this.title = title;
    this.version = version;
  }

  /**
   * Asks who is there before anything is sent.
   *
   * @throws {UsageError} for an address or a key that is none, and where nothing answers that is a Qdrant API
   */
  static async connect(url: string, apiKey: string | undefined): Promise<Remote> {
    const door = new Door(urlOf(url), keyArgument(apiKey, "api-key"));
    const { title, version } = await door.call("GET", "/", undefined, GREETING_MS);
    if (typeof title === "string" && typeof version === "string") return new Remote(door, title, version);
    throw new UsageError(`${door.url} answers, but is no Qdrant API: it doesn't say its title and version`);
  }

  /**
   * The `result` of a request, with its integers exact. A text is sent as it is.
   *
   * @throws {UsageError} with what the server says
   */
  async call<T>(verb: string, path: string, body?: string | object): Promise<T> {
    const { result } = await this.#door.call(verb, path, body, PATIENCE_MS);
    if (result != null) return result as T;
    throw new UsageError(`${this.#door.url} answers without a result; is it a Qdrant API?`);
  }
}

/** Where requests go in and answers come out. */
class Door {
  readonly url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(url: string, key: string | undefined) {
    this.url = url;
    this.#headers = key === undefined ? {} : { "api-key": key };
  }

  async call(
    verb: string,
    path: string,
    body: string | object | undefined,
    patience: number,
  ): Promise<Readonly<Record<string, unknown>>> {
    const { status, text } = await this.#send(verb, path, body, patience);
    if (status >= 300 && status < 400) {
      throw new UsageError(`${this.url} leads elsewhere (${status}), where the key is not sent; see --url`);
    }
    const answer = parsed(text);
    if (status < 200 || status >= 400) {
      const error = errorIn(answer);
      if (error !== undefined) throw new UsageError(`${status} ${error}`);
      throw new UsageError(`${this.url}${path} answers ${status}${unlike(text)}`);
    }
    if (answer === undefined) throw new UsageError(`${this.url} answers${unlike(text)}`);
    return answer;
  }

  async #send(
    verb: string,
    path: string,
    body: string | object | undefined,
    patience: number,
  ): Promise<Answer> {
    try {
      const response = await fetch(this.url + path, {
        method: verb,
        redirect: "manual",
        signal: AbortSignal.timeout(patience),
        headers: { ...this.#headers, ...(body !== undefined && { "content-type": "application/json" }) },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      return { status: response.status, text: await response.text() };
    } catch (cause) {
      throw new UsageError(`${this.url} ${reasonOf(cause, patience)}`, { cause });
    }
  }
}

/** The path of a collection, or of what belongs to it. @throws {UsageError} for a name that no path can have */
export function pathOf(collection: string, rest = ""): string {
  if (["", ".", ".."].includes(collection)) {
    throw new UsageError(`--collection: got ${JSON.stringify(collection)}, expected a name`);
  }
  return `/collections/${encodeURIComponent(collection)}${rest}`;
}

/** @throws {UsageError} */
function urlOf(text: string): string {
  const url = /\s/.test(text) || !URL.canParse(text) ? undefined : new URL(text);
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search + url.hash !== "") {
    const expected = "an address such as http://127.0.0.1:6333";
    throw new UsageError(`--url: got ${JSON.stringify(text)}, expected ${expected}`);
  }
  if (url.username + url.password !== "") {
    throw new UsageError("--url: expected no name or password in it; a key is given with --api-key");
  }
  return url.href.replace(/\/$/, "");
}

/** Why there is no answer. */
function reasonOf(error: unknown, patience: number): string {
  if (error instanceof Error && error.name === "TimeoutError") {
    return `doesn't answer within ${patience / 1000} s; is it a Qdrant API?`;
  }
  const { code = "", message = "" } = causeOf(error);
  if (code === "ECONNREFUSED") return "can't be reached: no server listens there";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "can't be reached: the host is not known";
  if (/^HPE_/.test(code)) return "answers with what is no HTTP; is it a Qdrant API?";
  if (/SSL|TLS|EPROTO/.test(code)) return "does not speak TLS; try http://";
  if (/CERT|SELF_SIGNED/.test(code)) return `can't be trusted: ${message}`;
  if (code === "UND_ERR_SOCKET" || code === "ECONNRESET") {
    return "breaks the connection off; is it a Qdrant API, and if it speaks TLS, does --url begin with https://?";
  }
  return `can't be reached: ${message || code || String(error)}`;
}

/** What fetch knows of its failure; of several addresses the first one's. */
function causeOf(error: unknown): { code?: string; message?: string } {
  const { cause } = error as { cause?: { code?: string; message?: string; errors?: readonly Error[] } };
  return cause?.code === undefined ? (cause?.errors?.[0] ?? cause ?? {}) : cause;
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const answer = parseJson(text);
    if (typeof answer === "object" && answer !== null && !Array.isArray(answer)) {
      return answer as Record<string, unknown>;
    }
  } catch {}
  return undefined;
}

/** The text of an error as a server has it. */
function errorIn(answer: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const error = (answer?.status as { error?: unknown } | null | undefined)?.error;
  return typeof error === "string" ? error : undefined;
}

/** Some other server, or something between. */
function unlike(text: string): string {
  const start = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return ` with ${JSON.stringify(start)}, which is nothing that a Qdrant API answers`;
}
