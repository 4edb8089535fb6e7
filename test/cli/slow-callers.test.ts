/** Callers that hold connections without ever coming to the point. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningServer, startServer } from "../../src/cli/server.ts";
import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";
import { Wire } from "./processes.ts";

let client: NearvecClient;
let server: RunningServer;
beforeAll(async () => {
  client = await open();
  const options = { headersTimeout: 0.3, requestTimeout: 0.8, maxBodyBytes: 1000 };
  server = await startServer(client, { host: "127.0.0.1", port: 0, ...options });
});
afterAll(async () => {
  await server.close();
  await client.close();
});

async function millisecondsUntilClosed(wire: Wire, drip?: string): Promise<number> {
  const started = performance.now();
  const timer = setInterval(() => drip !== undefined && wire.send(drip), 50);
  await wire.ended;
  clearInterval(timer);
  return performance.now() - started;
}

test("headers that come drop by drop are not awaited", async () => {
  const wire = new Wire(server.url).send("GET / HTTP/1.1\r\nhost: x\r\n");
  expect(await millisecondsUntilClosed(wire, "x-a: b\r\n")).toBeLessThan(3000);
  expect(wire.text).toMatch(/^HTTP\/1\.1 408 /);
});

test("a connection that says nothing is closed", async () => {
  expect(await millisecondsUntilClosed(new Wire(server.url))).toBeLessThan(3000);
});

test("bodies that come drop by drop are not awaited", async () => {
  const wire = new Wire(server.url);
  wire.send("PUT /collections/slow HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n");
  wire.send("content-length: 500\r\n\r\n{");
  expect(await millisecondsUntilClosed(wire, " ")).toBeLessThan(3000);
  expect((await client.collectionExists("slow")).exists).toBe(false);
});

test("bodies that are too large are not awaited", async () => {
  for (const size of ["content-length: 2000000000", "transfer-encoding: chunked"]) {
    const wire = new Wire(server.url);
    wire.send(`PUT /collections/c HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${size}\r\n\r\n`);
    if (size.startsWith("t")) wire.send(`800\r\n${" ".repeat(0x800)}\r\n`);
    await wire.until("413");
    wire.close();
  }
  expect((await client.getCollections()).collections).toEqual([]);
});

test("what is no HTTP is refused, and others are served on", async () => {
  const wire = new Wire(server.url).send("\u0000\u0001 nonsense\r\n\r\n");
  expect(await wire.ended).toMatch(/^HTTP\/1\.1 400 /);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
});
