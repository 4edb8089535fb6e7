/** `nearvec serve --path`: data that outlives the process. */
import { appendFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { open } from "../../src/index.ts";
import { serve, start, Wire } from "./processes.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nearvec-serve-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function call(url: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(url + path, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    }),
  });
  const answer = await response.json();
  expect(response.status, JSON.stringify(answer)).toBe(200);
  return answer.result;
}

async function fill(url: string): Promise<void> {
  await call(url, "PUT", "/collections/c", { vectors: { size: 2, distance: "Dot" } });
  const points = [
    { id: 1, vector: [1, 0], payload: { name: "one" } },
    { id: 2, vector: [0, 1], payload: { name: "two" } },
  ];
  await call(url, "PUT", "/collections/c/points?wait=true", { points });
}

const stored = (url: string) =>
  call(url, "POST", "/collections/c/points/query", { query: [1, 0], limit: 5, with_payload: true });

const FOUND = {
  points: [
    { id: 1, version: 1, score: 1, payload: { name: "one" } },
    { id: 2, version: 1, score: 0, payload: { name: "two" } },
  ],
};

test("what was stored is there after SIGTERM", async () => {
  await using first = await serve(["--path", folder]);
  await fill(first.url);
  expect(await stored(first.url)).toEqual(FOUND);
  first.process.kill("SIGTERM");
  const { code, out, err } = await first.finished;
  expect(code).toBe(0);
  expect(out).toContain(`Data is kept in ${folder} (sync: always; 0 collections, opened in 0.`);
  expect(out).not.toContain("no time");
  expect(err).toBe("");
  await using second = await serve(["--path", folder]);
  expect(await stored(second.url)).toEqual(FOUND);
  second.process.kill("SIGTERM");
  const after = (await second.finished).out;
  expect(after).toContain("1 collection,");
  // Its end was in good order: all was in a checkpoint.
  expect(after).not.toContain("Recovered");
});

test.each(["always", "interval", "never"])("and after SIGKILL, with --sync %s", async (sync) => {
  await using first = await serve(["--path", folder, "--sync", sync]);
  await fill(first.url);
  first.process.kill("SIGKILL");
  await first.finished;
  await using second = await serve(["--path", folder, "--sync", sync]);
  expect(await stored(second.url)).toEqual(FOUND);
  second.process.kill("SIGTERM");
  const { out } = await second.finished;
  expect(out).toContain('Recovered "c": 1 changes that only its log had.');
  expect(out).toContain(`(sync: ${sync}; 1 collection, opened`);
});

test("a log that was cut off is told, with file and place", async () => {
  await using first = await serve(["--path", folder]);
  await fill(first.url);
  first.process.kill("SIGKILL");
  await first.finished;
  const files = await readdir(join(folder, "collections/1"));
  const log = files.filter((name) => name.startsWith("log-")).sort();
  expect(log).toHaveLength(1);
  await appendFile(join(folder, "collections/1", log[0] as string), new Uint8Array(40).fill(7));
  await using second = await serve(["--path", folder]);
  expect(await stored(second.url)).toEqual(FOUND);
  second.process.kill("SIGTERM");
  const { out } = await second.finished;
  expect(out).toMatch(
    new RegExp(`Recovered "c": .* The last 40 bytes of collections/1/${log[0]}, from byte \\d+ on`),
  );
});

test("a folder has one owner: the next one is told in a line", async () => {
  await using _first = await serve(["--path", folder]);
  const { code, out, err } = await start(["serve", "--port", "0", "--path", folder]).finished;
  expect(code).toBe(1);
  expect(out).toBe("");
  expect(err).toMatch(/^nearvec: the store in \S+ is open elsewhere[^\n]*\n$/);
});

test("damage is told in a line, and nothing is served", async () => {
  await using first = await serve(["--path", folder]);
  await fill(first.url);
  first.process.kill("SIGTERM");
  await first.finished;
  for (const name of await readdir(join(folder, "collections/1"))) {
    if (name.startsWith("checkpoint-")) await rm(join(folder, "collections/1", name));
  }
  const { code, out, err } = await start(["serve", "--port", "0", "--path", folder]).finished;
  expect(code).toBe(1);
  expect(out).toBe("");
  expect(err).toMatch(/^nearvec: [^\n]*collections\/1\/checkpoint-\d+[^\n]*\n$/);
});

test("a port that is taken leaves the folder free", async () => {
  await using other = await serve();
  const port = new URL(other.url).port;
  const { code, err } = await start(["serve", "--port", port, "--path", folder]).finished;
  expect(code).toBe(1);
  expect(err).toMatch(/^nearvec: .*EADDRINUSE/);
  await using client = await open({ path: folder });
  expect((await client.getCollections()).collections).toEqual([]);
});

test("a caller who hangs on doesn't keep it from closing the store in time", async () => {
  await using server = await serve(["--path", folder]);
  await fill(server.url);
  const head = ["PUT /collections/late HTTP/1.1", "host: x", "content-type: application/json"];
  const wire = new Wire(server.url).send([...head, "content-length: 10", "", ""].join("\r\n"));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const began = performance.now();
  server.process.kill("SIGTERM");
  const { code, out } = await server.finished;
  expect(code).toBe(0);
  expect(performance.now() - began).toBeLessThan(5000);
  expect(out).not.toContain("no time");
  wire.close();
  await using client = await open({ path: folder });
  expect(client.info().store?.recovered).toEqual({});
});
