/** `nearvec serve` as a process: what it says, whom it lets in, and how it ends. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { complaints } from "../http/description.ts";
import { serve, start, Wire } from "./processes.ts";

const json = { "content-type": "application/json" };

function put(url: string, path: string, body: unknown, headers = {}): Promise<Response> {
  return fetch(url + path, { method: "PUT", body: JSON.stringify(body), headers: { ...json, ...headers } });
}

describe("at start", () => {
  test("it says where it listens, and that data is in memory only", async () => {
    await using server = await serve();
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    server.process.kill("SIGTERM");
    const { code, out, err } = await server.finished;
    expect(code).toBe(0);
    expect(out).toContain("in memory only");
    expect(err).toBe("");
  });

  test("it warns of a door that is open to all", async () => {
    await using open = await serve(["--host", "0.0.0.0"]);
    open.process.kill("SIGTERM");
    expect((await open.finished).err).toContain("there is no --api-key");
    await using locked = await serve(["--host", "0.0.0.0", "--api-key", "k"]);
    locked.process.kill("SIGTERM");
    expect((await locked.finished).err).toBe("");
  });

  test.each([
    [["serve", "--apikey", "x"], "unknown option --apikey"],
    [["serve", "--port", "http"], '--port: got "http"'],
    [["serve", "--port", "65536"], "expected an integer from 0 to 65535"],
    [["serve", "--api-key", ""], "empty"],
    [["serve", "--no-api-key"], "--api-key: expected a text"],
    [["serve", "--no-read-only-api-key"], "--read-only-api-key: expected a text"],
    [["serve", "--no-apiKey"], "Key: expected a text"],
    [["serve", "--no-host"], "--host: expected a text"],
    [["serve", "--host", ""], "--host is empty"],
    [["serve", "--host"], "--host is empty"],
    [["serve", "--cors", ""], "an origin is empty"],
    [["serve", "--path", ""], "--path is empty"],
    [["serve", "--sync", "never"], "say where, by --path"],
    [["serve", "--path", "/nowhere", "--sync", "often"], '--sync: got "often"'],
    [["serve", "--max-body-mb", "512"], "expected an integer from 1 to 511"],
    [["serve", "--max-snapshot-mb", "0"], "expected an integer from 1 to 16777216"],
    [["serve", "here"], 'unexpected argument "here"'],
    [["sreve"], 'unknown command "sreve"'],
  ])("%j is refused", async (args, text) => {
    const { code, err } = await start(args).finished;
    expect(code).toBe(1);
    expect(err).toContain(text);
    expect(err).not.toContain("    at ");
  });

  test("a snapshot that is larger than it was told to take is refused", async () => {
    await using server = await serve(["--max-snapshot-mb", "1"]);
    const status = async (size: number) => {
      const body = new FormData();
      body.append("snapshot", new Blob([new Uint8Array(size)]));
      const url = `${server.url}/collections/c/snapshots/upload`;
      return (await fetch(url, { method: "POST", body })).status;
    };
    expect(await status(1_000_000)).toBe(400); // small enough, and no snapshot
    expect(await status(1_100_000)).toBe(413);
  });

  test("a port that is taken is told without a stack", async () => {
    await using server = await serve();
    const { code, err } = await start(["serve", "--port", new URL(server.url).port]).finished;
    expect(code).toBe(1);
    expect(err).toMatch(/^nearvec: .*EADDRINUSE/);
    expect(err).not.toContain("    at ");
  });

  test("help is to be had", async () => {
    const { code, out } = await start(["serve", "--help"]).finished;
    expect(code).toBe(0);
    expect(out).toContain("--read-only-api-key");
    expect((await start(["--help"]).finished).out).toContain("serve");
  });

  test("so is the version", async () => {
    const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
    expect(await start(["--version"]).finished).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });
});

test("keys come from options or the environment", async () => {
  await using server = await serve(["--api-key", "0123"], { NEARVEC_READ_ONLY_API_KEY: "reader" });
  const create = (key: string) => put(server.url, "/collections/c", { vectors: {} }, { "api-key": key });
  expect((await create("reader")).status).toBe(403);
  // It is a text, not a number.
  expect((await create("123")).status).toBe(401);
  expect((await create("0123")).status).toBe(200);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  await using other = await serve([], { NEARVEC_API_KEY: "writer" });
  expect((await fetch(`${other.url}/collections`)).status).toBe(401);
});

test("long answers are compressed for those who take it", async () => {
  await using server = await serve();
  await put(server.url, "/collections/c", { vectors: { size: 1, distance: "Dot" } });
  const points = [{ id: 1, vector: [1], payload: { text: "ä😀".repeat(1000) } }];
  await put(server.url, "/collections/c/points?wait=true", { points });
  const read = async (encoding: string, path = "points/1") => {
    const wire = new Wire(server.url);
    wire.send(`GET /collections/c/${path} HTTP/1.1\r\nhost: x\r\naccept-encoding: ${encoding}\r\n\r\n`);
    await wire.until("\r\n\r\n");
    wire.close();
    return wire.text;
  };
  expect(await read("gzip, deflate")).toMatch(/content-encoding: gzip/i);
  expect(await read("deflate")).not.toMatch(/content-encoding/i);
  expect(await read("gzip;q=0")).not.toMatch(/content-encoding/i);
  expect(await read("gzip", "exists")).not.toMatch(/content-encoding/i);
  const response = await fetch(`${server.url}/collections/c/points/1`);
  expect((await response.json()).result.payload).toEqual(points[0]?.payload);
});

describe("paths on the wire", () => {
  let server: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    server = await serve();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test.each([
    "/../../etc/passwd",
    "/collections/../../etc/passwd",
    "/collections/%2e%2e/%2e%2e/etc/passwd",
    "/collections/..%2f..%2fetc%2fpasswd",
    "/collections/c%00",
    "//etc/passwd",
    "/collections\\..\\c",
    "http://elsewhere/collections/nowhere",
    "/collections/%",
  ])("%s leads nowhere", async (path) => {
    const wire = new Wire(server.url).send(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    const text = await wire.ended;
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(text).not.toContain("root:");
  });
});

describe("at its end", () => {
  const BODY = JSON.stringify({ vectors: { size: 1, distance: "Dot" } });
  const HEAD = [
    "PUT /collections/late HTTP/1.1",
    "host: x",
    "content-type: application/json",
    `content-length: ${BODY.length}`,
    "",
    "",
  ].join("\r\n");

  test("it finishes what is under way, and takes nothing new", async () => {
    await using server = await serve();
    const late = new Wire(server.url).send(HEAD + BODY.slice(0, 10));
    const kept = new Wire(server.url).send("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
    await kept.until("healthz check passed");
    server.process.kill("SIGTERM");
    await server.until("finishing");
    const refused = await fetch(`${server.url}/healthz`).then(
      () => false,
      () => true,
    );
    expect(refused).toBe(true);
    late.send(BODY.slice(10));
    const text = await late.ended;
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    const [head = "", body = ""] = text.split("\r\n\r\n");
    const type = /content-type: (.*)/i.exec(head)?.[1] ?? "";
    expect(complaints("PUT", "/collections/late", 200, type, body)).toEqual([]);
    expect((await server.finished).code).toBe(0);
  });

  test("it ends within 5 s whatever is under way", async () => {
    await using server = await serve();
    const wire = new Wire(server.url).send(HEAD);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const started = performance.now();
    server.process.kill("SIGINT");
    expect((await server.finished).code).toBe(0);
    expect(performance.now() - started).toBeLessThan(5000);
    wire.close();
  }, 10_000);

  test("it doesn't wait for those who said nothing, or not all of their headers", async () => {
    await using server = await serve();
    const wires = ["", "GET /healthz HT", "GET /healthz HTTP/1.1\r\nhost: x\r\n"].map((text) =>
      new Wire(server.url).send(text),
    );
    const kept = new Wire(server.url).send("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
    await kept.until("healthz check passed");
    const started = performance.now();
    server.process.kill("SIGTERM");
    expect((await server.finished).code).toBe(0);
    expect(performance.now() - started).toBeLessThan(2000);
    await Promise.all([kept, ...wires].map((wire) => wire.ended));
  });

  test("a second signal ends it at once", async () => {
    await using server = await serve();
    const wire = new Wire(server.url).send(HEAD);
    await new Promise((resolve) => setTimeout(resolve, 100));
    server.process.kill("SIGTERM");
    await server.until("finishing");
    const started = performance.now();
    server.process.kill("SIGTERM");
    expect((await server.finished).code).toBe(1);
    expect(performance.now() - started).toBeLessThan(1000);
    wire.close();
  });
});
