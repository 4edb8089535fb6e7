/** Callers that hold connections without ever coming to the point. */
import { connect } from "node:net";
import { buffer } from "node:stream/consumers";
import type { ReadableStream as NodeStream } from "node:stream/web";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningServer, startServer } from "../../src/cli/server.ts";
import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";
import { Wire } from "./processes.ts";

/** Seconds. */
const READ_TIMEOUT = 0.8;

let client: NearvecClient;
let server: RunningServer;
beforeAll(async () => {
  client = await open();
  const options = { headersTimeout: 0.3, requestTimeout: 0.8, readTimeout: READ_TIMEOUT, maxBodyBytes: 1000 };
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

describe("an upload", () => {
  const BOUNDARY = "b";
  const PART = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="snapshot"\r\n\r\n`;
  const begin = (path: string) =>
    new Wire(server.url).send(
      `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=${BOUNDARY}\r\n` +
        `content-length: 10000000\r\n\r\n${PART}`,
    );

  test("that goes on is taken for as long as it lasts", async () => {
    const size = 64;
    await client.createCollection("whole", { vectors: { size, distance: "Dot" } });
    const vectors = Float32Array.from({ length: size * 4000 }, (_, i) => Math.sin(i));
    await client.upsert("whole", {
      batch: { ids: Uint32Array.from({ length: 4000 }, (_, i) => i), vectors },
    });
    const { name } = await client.createSnapshot("whole");
    const file = await client.downloadSnapshot("whole", name);
    const text = (content: string) => new TextEncoder().encode(content);
    const body = new Blob([
      text(PART),
      await buffer(file.stream() as NodeStream),
      text(`\r\n--${BOUNDARY}--\r\n`),
    ]);
    // Three times what any other request may take, and more than the least that has to come in each such span.
    const pieces = 50;
    let sent = 0;
    const stream = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const piece = Math.ceil(body.size / pieces);
        if (sent === pieces) return controller.close();
        await new Promise((resolve) => setTimeout(resolve, 50));
        controller.enqueue(await body.slice(sent * piece, ++sent * piece).bytes());
      },
    });
    const started = performance.now();
    const response = await fetch(`${server.url}/collections/copy/shards/0/snapshots/upload?wait=true`, {
      method: "POST",
      body: stream,
      headers: { "content-type": `multipart/form-data; boundary=${BOUNDARY}` },
      duplex: "half",
    } as RequestInit);
    expect(await response.json()).toMatchObject({ result: true, status: "ok" });
    expect(performance.now() - started).toBeGreaterThan(2000);
    expect((await client.count("copy")).count).toBe(4000);
    for (const each of ["whole", "copy"]) await client.deleteCollection(each);
  }, 20_000);

  test("that comes drop by drop is not awaited, nor one of which nothing comes", async () => {
    for (const drip of ["x", undefined]) {
      expect(await millisecondsUntilClosed(begin("/collections/c/snapshots/upload"), drip)).toBeLessThan(
        3000,
      );
    }
    expect((await client.getCollections()).collections).toEqual([]);
  });

  test("is known by its path alone", async () => {
    const wire = begin("/collections/c/points?x=/snapshots/upload");
    const timer = setInterval(() => wire.send("x".repeat(20_000)), 50);
    const started = performance.now();
    await wire.ended;
    clearInterval(timer);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

describe("an answer that is more than lies between two sockets", () => {
  const SIZE = 32 * 1024 * 1024;
  beforeAll(async () => {
    await client.createCollection("big", { vectors: {} });
    const payload = { text: "x".repeat(SIZE) };
    await client.upsert("big", { points: [{ id: 1, vector: {}, payload }] });
  });
  afterAll(() => client.deleteCollection("big"));

  /** Asks for it, and stops reading so many times, after so many bytes and for so long each. Answers how many came. */
  async function taken(stops: number, piece: number, pause: number): Promise<number> {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.write("GET /collections/big/points/1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    let total = 0;
    let stopped = 0;
    socket.on("data", ({ length }) => {
      total += length;
      if (stopped === stops || total < (stopped + 1) * piece) return;
      stopped++;
      socket.pause();
      setTimeout(() => socket.resume(), pause);
    });
    await new Promise((resolve) => socket.on("error", resolve).on("close", resolve));
    return total;
  }

  test("is not kept for those who take nothing of it", async () => {
    expect(await taken(1, 1, 3000)).toBeLessThan(SIZE);
  }, 20_000);

  test("is sent to its end to those who take their time", async () => {
    const started = performance.now();
    expect(await taken(15, SIZE / 16, 100)).toBeGreaterThan(SIZE);
    expect(performance.now() - started).toBeGreaterThan(READ_TIMEOUT * 1000);
  }, 20_000);
});

test("an answer that takes its time is awaited", async () => {
  const getCollections = async () => {
    await new Promise((resolve) => setTimeout(resolve, 600));
    return { collections: [] };
  };
  const options = { host: "127.0.0.1", port: 0, readTimeout: 0.2 };
  const slow = await startServer({ getCollections } as Partial<NearvecClient> as NearvecClient, options);
  try {
    expect((await fetch(`${slow.url}/collections`)).status).toBe(200);
  } finally {
    await slow.close();
  }
});

test("what is no HTTP is refused, and others are served on", async () => {
  const wire = new Wire(server.url).send("\u0000\u0001 nonsense\r\n\r\n");
  expect(await wire.ended).toMatch(/^HTTP\/1\.1 400 /);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
});
