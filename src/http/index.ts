/**
 * Qdrant's REST API over an engine in this process, as a function from requests to responses.
 *
 * @example
 * import { open } from "nearvec";
 * import { createHandler } from "nearvec/http";
 * const handler = createHandler(await open());
 * const response = await handler(new Request("http://localhost/collections"));
 *
 * @packageDocumentation
 */

export { createHandler, type Handler } from "./handler.ts";
export type { HandlerOptions } from "./options.ts";
