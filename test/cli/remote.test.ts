/** What commands say of an address where there is no server, or another one than they look for. */
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as listen, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { UsageError } from "../../src/cli/arguments.ts";
import { Remote } from "../../src/cli/remote.ts";
import { startServer } from "../../src/cli/server.ts";
import { open } from "../../src/index.ts";
import { start } from "./processes.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function addressOf(server: ReturnType<typeof listen>): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const web = (answer: RequestListener) => addressOf(createServer(answer));
const wire = (answer: (socket: Socket) => void) => addressOf(listen(answer));

/** What is said of an address. */
async function said(url: string, key?: string): Promise<string> {
  const error = await Remote.connect(url, key).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(UsageError);
  return (error as Error).message.replace(url, "URL");
}

describe("what is no server of ours", () => {
  test("is told by what it answers", async () => {
    expect(await said(await web((_, response) => response.end("<html>")))).toBe(
      'URL answers with "<html>", which is nothing that a Qdrant API answers',
    );
    expect(await said(await web((_, response) => response.end("[]")))).toContain('answers with "[]", which');
    const another = { name: "x", version: { number: "8" } };
    for (const answer of [another, { result: null }, { title: "x" }, {}]) {
      const url = await web((_, response) => response.end(JSON.stringify(answer)));
      expect(await said(url)).toBe("URL answers, but is no Qdrant API: it doesn't say its title and version");
    }
  });

  test("is told by its errors, of which only a server's own are taken for its words", async () => {
    const failing = (text: string) =>
      web((_, response) => {
        response.statusCode = 502;
        response.end(text);
      });
    expect(await said(await failing("<html>Bad gateway"))).toBe(
      'URL/ answers 502 with "<html>Bad gateway", which is nothing that a Qdrant API answers',
    );
    expect(await said(await failing('{"status":{"error":"Too much"}}'))).toBe("502 Too much");
    expect(await said(await failing('{"status":null}'))).toContain("answers 502 with");
  });

  test("is told by what it does to connections", async () => {
    expect(await said(await wire((socket) => socket.end("220 smtp ready\r\n")))).toMatch(
      /^URL (?:answers with what is no HTTP|can't be reached: .*HTTP)/,
    );
    expect(await said(await wire((socket) => socket.destroy()))).toMatch(
      /^URL breaks the connection off; is it a Qdrant API, and if it speaks TLS, does --url begin with https/,
    );
    const cut = await web((_, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("{", () => response.destroy());
    });
    expect(await said(cut)).toMatch(/^URL breaks the connection off/);
  });
});

test("where nobody listens, that is said", async () => {
  const url = await wire(() => {});
  closers.pop()?.();
  expect(await said(url)).toBe("URL can't be reached: no server listens there");
  expect(await said("http://nearvec.invalid")).toMatch(/^URL can't be reached: /);
});

test("a server without TLS is told apart", async () => {
  const client = await open();
  const server = await startServer(client, { host: "127.0.0.1", port: 0 });
  expect(await said(server.url.replace("http:", "https:"))).toBe("URL does not speak TLS; try http://");
  expect((await Remote.connect(`${server.url}/`, undefined)).title).toBe("qdrant - vector search engine");
  await server.close();
  await client.close();
});

test.each([
  "",
  " ",
  "127.0.0.1:6333",
  "localhost:6333",
  "http://",
  "ftp://127.0.0.1",
  "http://127.0.0.1:99999",
  "http://127.0.0.1\n",
  " http://127.0.0.1",
  "http://127.0.0.1/?a=1",
  "http://127.0.0.1/#a",
])("%j is no address", async (url) => {
  const error = await Remote.connect(url, undefined).catch((error: unknown) => error);
  expect((error as Error).message).toBe(
    `--url: got ${JSON.stringify(url)}, expected an address such as http://127.0.0.1:6333`,
  );
});

test("passwords in addresses are refused, and not repeated", async () => {
  const text = await said("http://user:secret@127.0.0.1");
  expect(text).toContain("--api-key");
  expect(text).not.toContain("secret");
});

test.each(["", "mine\n", "schlüssel", "キー", " mine", "mine ", "mine\0"])(
  "%j is no key, and not repeated",
  async (key) => {
    const text = await said("http://127.0.0.1:1", key);
    expect(text).toMatch(/^--api-key: /);
    expect(text).not.toMatch(/mine|schl|キー/);
  },
);

test.each([
  [["info", "--url", "localhost:6333"], '--url: got "localhost:6333"'],
  [["info", "--api-key", ""], "--api-key: it is empty"],
  [["serve", "--api-key", "キー"], "--api-key: a key has visible ASCII characters"],
  [["serve", "--read-only-api-key", "a\nb"], "--read-only-api-key: a key has visible ASCII characters"],
  [["export", "points.jsonl", "--collection", "c", "--using", "v"], "--using is for .npy files"],
  [["import", "points.jsonl", "--collection", "c", "--first-id", "1"], "--first-id is for .npy files"],
])("%j ends with 1 and one line", async (args, text) => {
  const { code, out, err } = await start(args).finished;
  expect([code, out]).toEqual([1, ""]);
  expect(err).toMatch(/^nearvec: [^\n]*\n$/);
  expect(err).toContain(text);
});

test.each(["", ".", ".."])("%j is no collection that a path can have", async (name) => {
  const client = await open();
  const server = await startServer(client, { host: "127.0.0.1", port: 0 });
  const { code, err } = await start(["export", "-", "--collection", name, "--url", server.url]).finished;
  expect([code, err]).toEqual([1, `nearvec: --collection: got ${JSON.stringify(name)}, expected a name\n`]);
  await server.close();
  await client.close();
});
