/** What routes are made of. */

import type { NearvecClient } from "../client/client.ts";
import type { Access } from "./access.ts";
import type { Body } from "./body.ts";
import type { Metrics } from "./metrics.ts";
import type { FieldStream } from "./multipart.ts";

/** A request on its way to an answer. */
export interface Call {
  readonly client: NearvecClient;
  readonly metrics: Metrics;
  readonly query: URLSearchParams;
  /** Seconds after which a request is given up that doesn't say. */
  readonly timeout: number;
  /** A part of the path that the route's pattern names, decoded. */
  param(name: string): string;
  body(): Promise<Body>;
  /** A file of a form that was sent, as it comes. */
  file(field: string): Promise<FieldStream>;
  /** For work that goes on when the answer has been given: what goes wrong then is reported. */
  report(error: unknown): void;
}

export interface Route {
  readonly verb: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Parts of the path that differ from request to request begin with a colon; that of a collection is `:collection`. */
  readonly path: string;
  readonly access: Access;
  /** Whether browsers let the pages of any site send it, without asking first. */
  readonly isSimple?: true;
  /** What the names of the body's fields begin with in errors of validation. */
  readonly flattened?: string;
  /** The `result`; or a {@link Whole} answer. */
  readonly answer: (call: Call) => unknown;
}

/** An answer that is not put into an envelope. */
export class Whole {
  /** A text, or what is to be written as JSON. */
  readonly content: unknown;
  readonly type: string;

  constructor(content: unknown, type = "application/json") {
    this.content = content;
    this.type = type;
  }
}

/** What was begun, and is not over: 202. */
export class Accepted {}

/** An answer of bytes that come one after the other. */
export class Download {
  readonly stream: ReadableStream<Uint8Array>;
  readonly size: number;
  readonly name: string;

  constructor(stream: ReadableStream<Uint8Array>, size: number, name: string) {
    this.stream = stream;
    this.size = size;
    this.name = name;
  }
}

/**
 * A method of the client by its name: those that a release does not have yet exist all the same, and say so.
 */
export function invoke(client: NearvecClient, method: string, ...args: readonly unknown[]): Promise<unknown> {
  const methods = client as unknown as Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;
  return Promise.resolve(methods[method]?.(...args));
}
