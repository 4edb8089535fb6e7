/** Commands that carry points between files and a server. */
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
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
    expect(imported).toEqual({ code: 0, out: "", err: "3 points stored in words\n" });
    expect(await all("words")).toMatchObject([
      { id: 1, payload: { big: 18446744073709551615n }, vector: [0.05, 0.25] },
      { id: 424242424242424242n },
      { id: "936da01f-9abd-4d9d-80c7-02af85c822a8" },
    ]);
    const again = join(folder, "again.jsonl");
    const exported = await run("export", again, "--collection", "words", "--batch", "2");
    expect(exported.err).toBe(`3 points written to ${again}\n`);
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

describe("files that others wrote", () => {
  const importing = async (content: string | Uint8Array, name: string) => {
    const file = join(folder, `${name}.jsonl`);
    await writeFile(file, content);
    return run("import", file, "--collection", name, "--distance", "Dot");
  };

  test("go to a reader that goes away: told without a stack", async () => {
    await client.createCollection("long", { vectors: {} });
    const points = Array.from({ length: 3000 }, (_, id) => ({
      id,
      vector: {},
      payload: { text: "x".repeat(1000) },
    }));
    await client.upsert("long", { points });
    const args = ["export", "-", "--collection", "long", "--url", server.url];
    const running = start(args, { NEARVEC_API_KEY: "k" });
    running.process.stdout?.once("data", () => running.process.stdout?.destroy());
    const { code, err } = await running.finished;
    expect([code, err]).toEqual([1, "nearvec: write EPIPE\n"]);
  });

  test("may have U+2028, a byte order mark, CRLF, and no end of the last line", async () => {
    const lines = [
      '{"id":1,"vector":[1,2],"payload":{"t":"a\u2028b\u2029c"}}',
      "",
      '{"id":2,"vector":[1,2]}',
    ];
    expect((await importing(`\ufeff${lines.join("\r\n")}`, "others")).err).toBe(
      "2 points stored in others\n",
    );
    expect(await all("others")).toMatchObject([{ id: 1, payload: { t: "a\u2028b\u2029c" } }, { id: 2 }]);
    const { out, err } = await run("export", "-", "--collection", "others");
    expect(err).toBe("2 points written to -\n");
    expect(out).toContain('{"t":"a\\u2028b\\u2029c"}');
    const copying = start(
      ["import", "-", "--collection", "piped", "--distance", "Dot", "--url", server.url],
      {
        NEARVEC_API_KEY: "k",
      },
    );
    copying.process.stdin?.end(out);
    expect((await copying.finished).err).toBe("2 points stored in piped\n");
    expect(await all("piped")).toEqual(await all("others"));
  });

  test("are refused where they are no UTF-8", async () => {
    const bytes = Buffer.from(
      '{"id":1,"vector":[1]}\n{"id":2,"vector":[1],"payload":{"t":"\u00e4"}}\n',
      "latin1",
    );
    expect((await importing(bytes, "latin")).err).toBe("nearvec: line 2 is no UTF-8\n");
  });

  test("are told with the lines that they have", async () => {
    const content = '{"id":1,"vector":[1,2]}\n\n\n{"id":2,"vector":[1,2,3]}\n\n';
    expect((await importing(content, "lines")).err).toContain("lines 1 to 4: 400 Wrong input");
    expect((await importing(`\n\n${content.slice(-27)}`, "cities")).code).toBe(0);
    expect((await importing(`\n\n{"id":-1,"vector":[1]}\n\n`, "cities")).err).toContain("line 3: 400");
  });
});

describe("an export that fails", () => {
  test("leaves the file that was there, and nothing beside it", async () => {
    await client.createCollection("named", { vectors: { a: { size: 1, distance: "Dot" } } });
    await client.upsert("named", { points: [{ id: 1, vector: { a: [1] } }] });
    const file = join(folder, "kept.npy");
    await writeFile(file, "what was there", { mode: 0o600 });
    const { code, err } = await run("export", file, "--collection", "named");
    expect([code, err]).toEqual([1, "nearvec: the point 1 has no unnamed dense vector; see --using\n"]);
    expect(await readFile(file, "utf8")).toBe("what was there");
    expect((await readdir(folder)).filter((name) => name.startsWith("kept"))).toEqual(["kept.npy"]);
    await run("export", file, "--collection", "named", "--using", "a");
    expect(parseNpy(new Uint8Array(await readFile(file)))).toMatchObject({ rows: 1, columns: 1 });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).filter((name) => name.startsWith("kept"))).toEqual(["kept.npy"]);
  });
});

describe("servers of another kind", () => {
  test("are told, and get no key that was meant for another", async () => {
    const keys: unknown[] = [];
    const other = createServer((_, response) => response.end("<html>")).listen(0, "127.0.0.1");
    const there = createServer(({ headers }, response) => {
      keys.push(headers["api-key"]);
      response.end("{}");
    }).listen(0, "127.0.0.1");
    await Promise.all([once(other, "listening"), once(there, "listening")]);
    const urlOf = (each: typeof other) => `http://127.0.0.1:${(each.address() as AddressInfo).port}`;
    const leading = createServer((_, response) => response.writeHead(307, { location: urlOf(there) }).end());
    await once(leading.listen(0, "127.0.0.1"), "listening");
    const ask = (each: typeof other) => start(["info", "--url", urlOf(each), "--api-key", "k"]).finished;
    expect((await ask(other)).err).toMatch(
      /^nearvec: .* answers with "<html>", which is nothing that a Qdrant API answers\n$/,
    );
    expect((await ask(leading)).err).toMatch(/^nearvec: .* leads elsewhere \(307\).*\n$/);
    expect(keys).toEqual([]);
    for (const each of [other, there, leading]) each.close();
  });
});

describe("tables of numbers", () => {
  test("come back as they were", async () => {
    const floats = Float32Array.from({ length: 2500 * 3 }, (_, i) => Math.fround(i / 7));
    const file = join(folder, "vectors.npy");
    await writeFile(file, Buffer.concat([npyHeader(2500, 3), new Uint8Array(floats.buffer)]));
    const args = ["--collection", "table", "--distance", "Euclid", "--first-id", "10"];
    const imported = await run("import", file, ...args);
    expect(imported.err).toBe("2,500 points stored in table\n");
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
