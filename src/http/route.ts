/** What routes are made of. */

import type { NearvecClient } from "../client/client.ts";
import type { Access } from "./access.ts";
import type { Body } from "./body.ts";
import type { Metrics } from "./metrics.ts";

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
}

export interface Route {
  readonly verb: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Parts of the path that differ from request to request begin with a colon; that of a collection is `:collection`. */
  readonly path: string;
  readonly access: Access;
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

/**
 * A method of the client by its name: those that a release does not have yet exist all the same, and say so.
 */
export function invoke(client: NearvecClient, method: string, ...args: readonly unknown[]): Promise<unknown> {
  const methods = client as unknown as Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;
  return Promise.resolve(methods[method]?.(...args));
}
