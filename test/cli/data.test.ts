/** Commands that carry points between files and a server. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { floatsOf, npyHeader, parseNpy } from "../../src/cli/npy.ts";
import { type RunningServer, startServer } from "../../src/cli/server.ts";
import type { NearvecClient } from "../../src/client/client.ts";
import { open } from "../../src/index.ts";
import { type Finished, start } from "./processes.ts";

let client: NearvecClient;
let server: RunningServer;
let folder: string;
beforeAll(async () => {
  client = await open();
  server = await startServer(client, { host: "127.0.0.1", port: 0, apiKey: "k" });
  folder = await mkdtemp(join(tmpdir(), "nearvec-"));
});
afterAll(async () => {
  await server.close();
  await client.close();
  await rm(folder, { recursive: true });
});

function run(...args: string[]): Promise<Finished> {
  return start([...args, "--url", server.url], { NEARVEC_API_KEY: "k" }).finished;
}

const all = async (name: string) => (await client.scroll(name, { limit: 10_000, with_vector: true })).points;

describe("lines of JSON", () => {
  test("come back as they were, to the last digit", async () => {
    const file = join(folder, "points.jsonl");
    const lines = [
      '{"id":1,"vector":[0.05,0.25],"payload":{"a":{"b":[1,null,"ä😀"]},"big":18446744073709551615}}',
      '{"id":424242424242424242,"vector":[1,2],"payload":{}}',
      '{"id":"936da01f-9abd-4d9d-80c7-02af85c822a8","vector":[3,4]}',
    ];
    await writeFile(file, `${lines.join("\n")}\n\n`);
    const imported = await run("import", file, "--collection", "words", "--distance", "Dot");
    expect([imported.err.split("\n").at(-1), imported.code]).toEqual(["", 0]);
    expect(imported.out).toBe("3 points stored in words\n");
    expect(await all("words")).toMatchObject([
      { id: 1, payload: { big: 18446744073709551615n }, vector: [0.05, 0.25] },
      { id: 424242424242424242n },
      { id: "936da01f-9abd-4d9d-80c7-02af85c822a8" },
    ]);
    const again = join(folder, "again.jsonl");
    const exported = await run("export", again, "--collection", "words", "--batch", "2");
    expect(exported.out).toBe(`3 points written to ${again}\n`);
    const text = await readFile(again, "utf8");
    expect(text).toContain('"id":424242424242424242,');
    expect(text.split("\n")).toHaveLength(4);
    await run("import", again, "--collection", "copy", "--distance", "Dot", "--batch", "1");
    expect(await all("copy")).toEqual(await all("words"));
  });

  test.each([
    ['{"id":1,"vector":[1,2]}, {"id":2,"vector":[1,2]}', "line 2 is no JSON object"],
    ["[1]", "line 2 is no JSON object"],
    ['{"id":-1,"vector":[1,2]}', "lines 1 to 2: 400 Format error in JSON body: value -1"],
  ])("%s is told with its line", async (line, message) => {
    const file = join(folder, "bad.jsonl");
    await writeFile(file, `{"id":7,"vector":[1,2]}\n${line}\n`);
    const { code, err } = await run("import", file, "--collection", "bad", "--distance", "Dot");
    expect(code).toBe(1);
    expect(err).toContain(message);
    expect(err).not.toContain("    at ");
  });
});

describe("tables of numbers", () => {
  test("come back as they were", async () => {
    const floats = Float32Array.from({ length: 2500 * 3 }, (_, i) => Math.fround(i / 7));
    const file = join(folder, "vectors.npy");
    await writeFile(file, Buffer.concat([npyHeader(2500, 3), new Uint8Array(floats.buffer)]));
    const args = ["--collection", "table", "--distance", "Euclid", "--first-id", "10"];
    const imported = await run("import", file, ...args);
    expect(imported.out).toBe("2,500 points stored in table\n");
    expect((await all("table"))[2499]).toMatchObject({ id: 2509 });
    const again = join(folder, "again.npy");
    await run("export", again, "--collection", "table", "--batch", "999");
    const bytes = new Uint8Array(await readFile(again));
    const { rows, columns, start: from, width } = parseNpy(bytes);
    expect([rows, columns]).toEqual([2500, 3]);
    expect(floatsOf(bytes.subarray(from), width)).toEqual(floats);
  });

  test("that end early are told", async () => {
    const file = join(folder, "short.npy");
    await writeFile(file, Buffer.concat([npyHeader(10, 3), new Uint8Array(60)]));
    const { code, err } = await run("import", file, "--collection", "short", "--distance", "Dot");
    expect([code, err]).toEqual([1, expect.stringContaining("ends before row 10")]);
  });
});

describe("what the caller can mend", () => {
  test("is told without a stack", async () => {
    const file = join(folder, "one.jsonl");
    await writeFile(file, '{"id":1,"vector":[1]}\n');
    const cases: [string[], string][] = [
      [["import", file, "--collection", "nowhere"], "--distance creates it"],
      [["import", join(folder, "nothing.jsonl"), "--collection", "x"], "ENOENT"],
      [["export", join(folder, "x.jsonl"), "--collection", "nowhere"], "404 Not found: Collection `nowhere`"],
      [["info", "--api-key", "wrong"], "401 Invalid API key"],
      [["info", "--what"], "unknown option --what"],
    ];
    for (const [args, message] of cases) {
      const { code, err } = await run(...args);
      expect([args, code, err.includes(message)]).toEqual([args, 1, true]);
      expect(err).not.toContain("    at ");
    }
    const nobody = await start(["info", "--url", "http://127.0.0.1:9"]).finished;
    expect(nobody.err).toContain("can't be reached");
  });
});

test("info says what there is", async () => {
  await client.createCollection("few", { vectors: { size: 1, distance: "Dot" } });
  await client.upsert("few", { points: [{ id: 1, vector: [1] }] });
  const { code, out } = await run("info");
  expect(code).toBe(0);
  expect(out).toContain("qdrant - vector search engine, API 1.19.0");
  expect(out).toMatch(/^ {2}few: 1 points, \d+ vectors indexed, (green|yellow)$/m);
});
