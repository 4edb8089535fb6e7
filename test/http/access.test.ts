/** Who may do what, what is refused before it is looked at, and what browsers are told. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { checkAccess } from "../../src/http/access.ts";
import { createHandler } from "../../src/http/index.ts";
import { ROUTES } from "./description.ts";
import { cities, serving, type TestServer } from "./support.ts";

const KEYS = { apiKey: "correct horse", readOnlyApiKey: "battery staple" };
const HEALTH = ["/healthz", "/livez", "/readyz"];
/** What a key that only reads can do beside GET. */
const READING_POSTS =
  /\/(points|scroll|count|facet|query|search|recommend|discover|pairs|offsets|query\/(batch|groups)|(search|recommend)\/(batch|groups)|discover\/batch)$/;

let server: TestServer;
beforeAll(async () => {
  server = await serving(KEYS);
  await cities({ ...server, call: (verb, path, body) => server.call(verb, path, body, WRITER) });
});
afterAll(() => server[Symbol.asyncDispose]());

const WRITER = { "api-key": KEYS.apiKey };
const READER = { "api-key": KEYS.readOnlyApiKey };

function pathOf(template: string): string {
  return template.replace("{collection_name}", "cities").replace(/\{\w+\}/g, "1");
}

/** All that the server holds. */
async function contents(): Promise<unknown> {
  const points = await server.client.scroll("cities", { limit: 100, with_vector: true });
  const info = await server.client.getCollection("cities");
  return [
    await server.client.getCollections(),
    await server.client.getAliases(),
    points,
    info.payload_schema,
  ];
}

describe.each(ROUTES)("%s", (route) => {
  const [verb = "", template = ""] = route.split(" ");
  const body = verb === "GET" ? undefined : {};
  const path = pathOf(template);

  test("needs a key, unless it is about health", async () => {
    const status = async (headers: Record<string, string>) =>
      (await server.call(verb, path, body, headers)).status;
    if (HEALTH.includes(path)) expect(await status({})).toBe(200);
    else {
      expect(await status({})).toBe(401);
      for (const key of ["", "x", "correct hors", "correct horse ", "correct horse2", "CORRECT HORSE"]) {
        // A header's value has no spaces at its ends.
        if (key.trim() !== KEYS.apiKey) expect(await status({ "api-key": key })).toBe(401);
      }
      expect(await status({ authorization: "Bearer nonsense" })).toBe(401);
      expect(await status({ authorization: KEYS.apiKey })).toBe(401);
    }
  });

  test("takes the key that only reads if it only reads", async () => {
    const before = await contents();
    const { status } = await server.call(verb, path, body, READER);
    // A shard's snapshot is made to be streamed.
    const isRead = verb === "GET" && !path.endsWith("/snapshot");
    const reads = isRead || (verb === "POST" && READING_POSTS.test(path));
    if (reads) expect([401, 403]).not.toContain(status);
    else expect(status).toBe(403);
    expect(await contents()).toEqual(before);
  });
});

test("a key comes in either header", async () => {
  const all: Record<string, string>[] = [
    { "api-key": KEYS.apiKey },
    { authorization: `Bearer ${KEYS.apiKey}` },
    { Authorization: `bearer ${KEYS.readOnlyApiKey}` },
  ];
  for (const headers of all) {
    expect((await server.call("GET", "/collections", undefined, headers)).status).toBe(200);
  }
});

test("routes that there are not tell nothing without a key", async () => {
  expect((await server.call("GET", "/nothing")).status).toBe(401);
  expect((await server.call("GET", "/nothing", undefined, WRITER)).status).toBe(404);
  expect((await server.call("GET", "/nothing", undefined, READER)).status).toBe(404);
});

test("with the key that only reads alone nobody writes", async () => {
  await using own = await serving({ readOnlyApiKey: "r" });
  const create = (headers: Record<string, string>) =>
    own.call("PUT", "/collections/c", { vectors: {} }, headers);
  expect((await create({})).status).toBe(401);
  expect((await create({ "api-key": "" })).status).toBe(401);
  expect((await create({ "api-key": "undefined" })).status).toBe(401);
  expect((await create({ "api-key": "r" })).status).toBe(403);
});

test("comparing looks at all of what was sent, wherever it differs from a key", () => {
  const settings = { maxBodyBytes: 1, maxSnapshotBytes: 1, timeout: 1, onDefect: () => {}, ...KEYS };
  /** How often a character was looked at. */
  const looks = (key: string) => {
    // Real headers look at characters too.
    const request = { headers: { get: () => key } } as unknown as Request;
    const spy = vi.spyOn(String.prototype, "charCodeAt");
    try {
      checkAccess(request, "read", settings);
    } catch {}
    const { length } = spy.mock.calls;
    spy.mockRestore();
    return length;
  };
  const { apiKey } = KEYS;
  // Two characters each, of two keys.
  for (const key of [apiKey, `x${apiKey.slice(1)}`, `${apiKey.slice(0, -1)}x`, "x".repeat(apiKey.length)]) {
    expect([key, looks(key)]).toEqual([key, 4 * apiKey.length]);
  }
  for (const length of [1, 5, 100]) expect(looks("x".repeat(length))).toBe(4 * length);
});

describe("what is no key", () => {
  // Most likely a variable wasn't set: a door that was meant to be locked would be open.
  test.each(["", undefined, null, false, 0, 123, ["hush"], {}, " hush", "hush\n", "schlüssel"])(
    "%j is refused",
    (key) => {
      for (const name of ["apiKey", "readOnlyApiKey"]) {
        const create = () => createHandler(server.client, { [name]: key });
        expect(create).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
        expect(create).toThrow(`${name}: got`);
        // It may be a key with a slip in it, which belongs into no log.
        if (key) expect(create).not.toThrow(String(key).trim());
      }
    },
  );

  test.each([false, null, undefined, 0, "", {}])("%j lets nobody in, whatever came before", (apiKey) => {
    const settings = {
      maxBodyBytes: 1,
      maxSnapshotBytes: 1,
      timeout: 1,
      onDefect: () => {},
      apiKey,
      readOnlyApiKey: "r",
    };
    for (const key of ["", "false", "null", "undefined", "0", "[object Object]"]) {
      const request = new Request("http://localhost/", { headers: { "api-key": key } });
      expect(() => checkAccess(request, "read", settings as never)).toThrow("Invalid API key");
    }
  });

  test("is no option with another name either", () => {
    expect(() => createHandler(server.client, { apikey: "k" } as never)).toThrow(
      "apikey: got an unknown field",
    );
    expect(() => createHandler(server.client, null as never)).toThrow("options: got null");
  });
});

/** The status for a body that never ends, and how often it was asked for more. */
async function endless(headers: Record<string, string>): Promise<[status: number, pulls: number]> {
  let pulls = 0;
  const pull = (controller: ReadableStreamDefaultController) => {
    pulls++;
    controller.enqueue(new Uint8Array(10).fill(0x20));
  };
  const body = new ReadableStream({ pull }, { highWaterMark: 0 });
  const init = { method: "PUT", body, duplex: "half", headers };
  const { status } = await server.handler(new Request("http://localhost/collections/c", init));
  return [status, pulls];
}

test("a body is not read for those who may not send it", async () => {
  expect(await endless({ "content-type": "application/json" })).toEqual([401, 0]);
});

test("a body that isn't taken is not read to its end", async () => {
  const announced = { ...WRITER, "content-length": "1000000" };
  const encoded = { "content-type": "application/json", "content-encoding": "gzip" };
  expect(await endless({ ...announced, "content-type": "text/plain" })).toEqual([415, 0]);
  expect(await endless({ ...announced, ...encoded })).toEqual([415, 0]);
  // Whether there is any tells its first piece.
  expect(await endless({ ...WRITER, "content-type": "text/plain" })).toEqual([415, 1]);
  expect(await endless({ ...WRITER, ...encoded })).toEqual([415, 1]);
});

describe("bodies that are too large", () => {
  test("are refused by what they announce, and by what comes", async () => {
    await using own = await serving({ maxBodyBytes: 1000 });
    await cities(own);
    const path = "/collections/cities/points?wait=true";
    const points = [{ id: 7, vector: [1, 2, 3, 4], payload: { text: "x".repeat(1000) } }];
    const text = JSON.stringify({ points });
    const announced = { "content-length": String(text.length) };
    expect((await own.call("PUT", path, text, announced)).status).toBe(413);
    expect((await own.call("PUT", path, text)).status).toBe(413);
    // Who announces less than comes is not believed.
    expect((await own.call("PUT", path, text, { "content-length": "10" })).status).toBe(413);
    expect((await own.client.count("cities")).count).toBe(6);
  });

  test("are not awaited", async () => {
    await using own = await serving({ maxBodyBytes: 1000 });
    let pulls = 0;
    const body = new ReadableStream({
      pull(controller) {
        pulls++;
        controller.enqueue(new Uint8Array(500).fill(0x20));
      },
    });
    const init = { method: "PUT", body, duplex: "half", headers: { "content-type": "application/json" } };
    const response = await own.handler(new Request("http://localhost/collections/c", init));
    expect(response.status).toBe(413);
    expect(pulls).toBeLessThan(10);
  });
});

describe("prototypes", () => {
  const LITTLE_EVILS = [
    '{"__proto__":{"polluted":true}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    '{"limit":1,"__proto__":{"filter":{"must":[]},"polluted":1}}',
  ];

  test("can't be reached through a request", async () => {
    for (const body of LITTLE_EVILS) {
      for (const route of [
        "points/scroll",
        "points/query",
        "points/count",
        "points/payload",
        "points/batch",
      ]) {
        await server.call("POST", `/collections/cities/${route}`, body, WRITER);
      }
      await server.call("PUT", "/collections/evil", body, WRITER);
      await server.call("PATCH", "/collections/cities", body, WRITER);
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test("of payloads are keys like any other", async () => {
    const body =
      '{"points":[{"id":70,"vector":[1,2,3,4],"payload":{"__proto__":{"a":1},"n":18446744073709551615}}]}';
    const path = "/collections/cities/points";
    expect((await server.call("PUT", `${path}?wait=true`, body, WRITER)).status).toBe(200);
    const { text } = await server.call("GET", `${path}/70`, undefined, READER);
    expect(text).toContain('"payload":{"__proto__":{"a":1},"n":18446744073709551615}');
    await server.call("POST", `${path}/delete?wait=true`, { points: [70] }, WRITER);
  });

  test("are no names", async () => {
    for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      const path = `/collections/${name}`;
      const body = { vectors: { [name]: { size: 1, distance: "Dot" } } };
      expect((await server.call("GET", path, undefined, READER)).status).toBe(404);
      expect((await server.call("PUT", path, body, WRITER)).status).toBe(200);
      expect((await server.call("DELETE", path, undefined, WRITER)).result).toBe(true);
    }
  });
});

test("names with what means something in paths are refused", async () => {
  for (const name of [
    "a/b",
    "../../etc/passwd",
    "a\\b",
    "a\0b",
    "a:b",
    "a|b",
    "a?b",
    "a*b",
    "<a>",
    '"a"',
    "",
  ]) {
    const path = `/collections/${encodeURIComponent(name)}`;
    const { status } = await server.call("PUT", path, { vectors: {} }, WRITER);
    expect([name, [404, 422].includes(status)]).toEqual([name, true]);
  }
  expect((await server.client.getCollections()).collections).toEqual([{ name: "cities" }]);
});

describe("browsers from elsewhere", () => {
  const preflight = (origin: string) =>
    new Request("http://localhost/collections", {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "GET" },
    });

  test("are not let in by default", async () => {
    const response = await server.handler(preflight("https://a.example"));
    expect(response.ok).toBe(false);
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("are let in from where it was allowed", async () => {
    const handler = createHandler(server.client, { ...KEYS, cors: ["https://a.example"] });
    const allowed = async (origin: string) =>
      (await handler(preflight(origin))).headers.get("access-control-allow-origin");
    expect(await allowed("https://a.example")).toBe("https://a.example");
    expect(await allowed("https://b.example")).toBeNull();
    const headers = { origin: "https://a.example" };
    const refused = await handler(new Request("http://localhost/collections", { headers }));
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([
      401,
      "https://a.example",
    ]);
  });
});
