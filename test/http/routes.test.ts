/** Which routes there are, and what those say that are no method of the client. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROUTES } from "./description.ts";
import { cities, serving, type TestServer } from "./support.ts";

let server: TestServer;
beforeAll(async () => {
  server = await serving();
  await cities(server);
});
afterAll(() => server[Symbol.asyncDispose]());

test.each(ROUTES)("%s is answered", async (route) => {
  await using own = await serving();
  await cities(own);
  const [verb = "", template = ""] = route.split(" ");
  const path = template.replace("{collection_name}", "cities").replace(/\{\w+\}/g, "1");
  const { status, error } = await own.call(verb, path, verb === "GET" ? undefined : {});
  expect(status).toBeLessThan(500);
  expect(error).not.toBe("Not found: there is no such route");
});

test("the root says what clients look for", async () => {
  const { text } = await server.call("GET", "/");
  expect(JSON.parse(text)).toEqual({
    title: "qdrant - vector search engine",
    version: expect.stringMatching(/^1\.19\.\d+$/),
  });
});

test.each(["/healthz", "/livez", "/readyz"])("%s is plain text", async (path) => {
  const { status, text, headers } = await server.call("GET", path);
  expect([status, headers.get("content-type")]).toEqual([200, "text/plain; charset=utf-8"]);
  expect(text).not.toBe("");
});

test("telemetry has what clients read", async () => {
  const { result } = await server.call("GET", "/telemetry");
  expect(result.app.features).toMatchObject({ recovery_mode: false });
  expect(result.collections).toEqual({ number_of_collections: 1 });
  expect(result.requests.rest.responses["PUT /collections/{name}"]["200"]).toMatchObject({ count: 1 });
});

test("metrics are in the form that Prometheus reads", async () => {
  await server.call("PUT", "/collections/a%27b", { vectors: {} });
  const { text } = await server.call("GET", "/metrics");
  const samples = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  for (const line of samples) expect(line).toMatch(/^\w+(?:\{(?:\w+="(?:[^"\\]|\\.)*",?)+\})? \d[\d.e+-]*$/);
  expect(samples).toContain('collection_points{id="cities"} 6');
  expect(samples).toContain(`collection_points{id="a'b"} 0`);
  expect(text).toMatch(
    /^rest_responses_total\{method="PUT",endpoint="\/collections\/\{name\}",status="200"\} 2$/m,
  );
  await server.call("DELETE", "/collections/a%27b");
});

test("a cluster is none, and has all points here", async () => {
  expect((await server.call("GET", "/cluster")).result).toEqual({ status: "disabled" });
  expect((await server.call("GET", "/collections/cities/cluster")).result).toMatchObject({
    shard_count: 1,
    local_shards: [{ points_count: 6, state: "Active" }],
  });
  expect((await server.call("GET", "/collections/cities/shards")).result).toEqual({ shard_keys: [] });
});

test("there is nothing to advise", async () => {
  expect((await server.call("GET", "/issues")).result).toEqual({ issues: [] });
  expect((await server.call("DELETE", "/issues")).result).toBe(true);
});

describe("optimizations", () => {
  test("are none when all is done", async () => {
    await server.client.waitForIndex("cities");
    const { result } = await server.call("GET", "/collections/cities/optimizations?with=queued,completed");
    expect(result).toMatchObject({ summary: { queued_points: 0 }, running: [], queued: [], completed: [] });
  });

  test("are those of a collection", async () => {
    expect((await server.call("GET", "/collections/none/optimizations")).status).toBe(404);
  });
});

test("aliases of a collection that is missing are missing too", async () => {
  expect((await server.call("GET", "/collections/none/aliases")).status).toBe(404);
  expect((await server.call("GET", "/collections/cities/aliases")).result).toEqual({ aliases: [] });
});
