import { cors } from "hono/cors";
import { Hono } from "hono/tiny";
import type { NearvecClient } from "../client/client.ts";
import { checkAccess, checkOrigin } from "./access.ts";
import { type Body, readBody } from "./body.ts";
import { bounded } from "./brief.ts";
import { failureOf } from "./error-response.ts";
import { jsonOf } from "./json-text.ts";
import { Metrics } from "./metrics.ts";
import { fieldOf } from "./multipart.ts";
import { type HandlerOptions, type Settings, settingsOf } from "./options.ts";
import { formatError, Refusal, TOO_LONG } from "./refusal.ts";
import { Accepted, Download, type Route, Whole } from "./route.ts";
import { CLUSTER } from "./routes/cluster.ts";
import { COLLECTIONS } from "./routes/collections.ts";
import { POINT_ROUTES } from "./routes/points.ts";
import { QUOTAS } from "./routes/quotas.ts";
import { SERVICE } from "./routes/service.ts";
import { SNAPSHOTS } from "./routes/snapshots.ts";

/** Answers a request. It never rejects: what goes wrong is an answer too. */
export type Handler = (request: Request) => Promise<Response>;

const ROUTES = [...SERVICE, ...COLLECTIONS, ...POINT_ROUTES, ...CLUSTER, ...QUOTAS, ...SNAPSHOTS];

/**
 * Qdrant's REST API over an engine in this process. It needs nothing but `Request` and `Response`: it runs behind a socket
 * (`nearvec serve`), in a service worker, in a Cloudflare Worker, in a test.
 *
 * Without keys everybody who can reach it may do everything. Closing the client is up to the caller; then requests get 503.
 *
 * @example
 * const handler = createHandler(await open(), { apiKey: env.KEY });
 * export default { fetch: (request) => handler(request) };
 *
 * @throws {NearvecError} `INVALID_ARGUMENT` for options that are no options
 */
export function createHandler(client: NearvecClient, options: HandlerOptions = {}): Handler {
  const settings = settingsOf(options);
  const app = new Hono();
  const { cors: origin } = settings;
  if (origin !== undefined) {
    app.use(
      cors({
        origin: typeof origin === "string" ? origin : [...origin],
        allowMethods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
        allowHeaders: ["api-key", "authorization", "content-type"],
      }),
    );
  }
  const face: Face = { client, settings, metrics: new Metrics() };
  for (const route of ROUTES) {
    app.on(route.verb, route.path, ({ req }) =>
      answer(face, route, req.raw, (name) => req.param(name) ?? ""),
    );
  }
  app.notFound(({ req }) => answer(face, UNKNOWN, req.raw, () => ""));
  return async (request) => app.fetch(request);
}

/** What all requests share. */
interface Face {
  readonly client: NearvecClient;
  readonly settings: Settings;
  readonly metrics: Metrics;
}

/** Whoever has no key learns nothing of routes. */
const UNKNOWN: Route = { verb: "GET", path: "*", access: "read", answer: unknownRoute };

function unknownRoute(): never {
  throw new Refusal(404, "Not found: there is no such route");
}

async function answer(
  { client, settings, metrics }: Face,
  route: Route,
  request: Request,
  param: (name: string) => string,
): Promise<Response> {
  const started = performance.now();
  // To the nanosecond: what comes behind that is noise of binary fractions.
  const seconds = () => Math.round((performance.now() - started) * 1e6) / 1e9;
  let status = 200;
  let content: string;
  let type = JSON_TYPE;
  let body: Promise<Body> | undefined;
  try {
    checkAccess(request, route.access, settings);
    if (route.isSimple) checkOrigin(request, settings);
    checkPath(request.url);
    const isHead = request.method === "HEAD";
    if (isHead && route.access === "write") throw new Refusal(405, NO_HEAD);
    const result = await route.answer({
      client,
      metrics,
      query: queryOf(request.url),
      timeout: settings.timeout,
      param,
      body: () => (body ??= readBody(request, settings.maxBodyBytes)),
      file: (field) => fieldOf(request, field, settings.maxSnapshotBytes),
      report: settings.onDefect,
    });
    if (result instanceof Download) {
      metrics.record(route.verb, route.path, status, seconds());
      return await downloadOf(result, isHead);
    }
    if (result instanceof Accepted) {
      status = 202;
      content = print({ status: "accepted", time: seconds() });
    } else if (result instanceof Whole) {
      type = result.type;
      content = type === JSON_TYPE ? print(result.content) : String(result.content);
    } else content = print({ result, status: "ok", time: seconds() });
  } catch (error) {
    const collection = param("collection") || undefined;
    const place = { collection, flattened: route.flattened, isOpen: () => isOpen(client) };
    const failure = failureOf(error, place);
    if (failure === undefined) settings.onDefect(error);
    status = failure?.status ?? 500;
    const text = failure?.text ?? `Service internal error: ${error instanceof Error ? error.message : error}`;
    content = print({ status: { error: bounded(text) }, time: seconds() });
  }
  metrics.record(route.verb, route.path, status, seconds());
  return respond(content, status, type, request, settings);
}

const NO_HEAD = "Method not allowed: GET makes something here, and HEAD would have to make it too";

async function downloadOf({ stream, size, name }: Download, isHead: boolean): Promise<Response> {
  // Nobody reads it: what is behind it would stay open.
  if (isHead) await stream.cancel();
  return new Response(isHead ? null : stream, {
    headers: {
      "content-type": "application/octet-stream",
      "content-length": String(size),
      // Snapshots have no quotes in their names.
      "content-disposition": `attachment; filename="${name}"`,
    },
  });
}

function isOpen(client: NearvecClient): boolean {
  try {
    client.info();
    return true;
  } catch {
    return false;
  }
}

const JSON_TYPE = "application/json";

function print(value: unknown): string {
  try {
    return jsonOf(value);
  } catch (error) {
    throw isTooLong(error) ? TOO_LONG : error;
  }
}

/** Whether a text would be longer than strings can be, in the words of any engine; recursion without end is a RangeError too. */
function isTooLong(error: unknown): boolean {
  return error instanceof RangeError && !/call stack/i.test(error.message);
}

/** @throws {Refusal} for a path that is no percent-encoded UTF-8 */
function checkPath(url: string): void {
  if (!url.includes("%")) return;
  const end = url.indexOf("?");
  try {
    decodeURIComponent(end === -1 ? url : url.slice(0, end));
  } catch {
    throw formatError("path parameters", "the path is not percent-encoded UTF-8");
  }
}

const NO_QUERY = new URLSearchParams();

function queryOf(url: string): URLSearchParams {
  const start = url.indexOf("?");
  return start === -1 ? NO_QUERY : new URLSearchParams(url.slice(start));
}

/** Below that, compressing costs more than it saves. */
const LEAST_GZIP = 1024;

async function respond(
  content: string,
  status: number,
  type: string,
  request: Request,
  { gzip }: Settings,
): Promise<Response> {
  if (gzip === undefined) return new Response(content, { status, headers: { "content-type": type } });
  const vary = { "content-type": type, vary: "accept-encoding" };
  if (content.length < LEAST_GZIP || !acceptsGzip(request)) {
    return new Response(content, { status, headers: vary });
  }
  return new Response(await gzip(content), { status, headers: { ...vary, "content-encoding": "gzip" } });
}

function acceptsGzip({ headers }: Request): boolean {
  return /(?:^|[\s,])gzip(?!\s*;\s*q=0(?:\.0*)?(?:[\s,]|$))/i.test(headers.get("accept-encoding") ?? "");
}
