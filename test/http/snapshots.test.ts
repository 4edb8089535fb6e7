/** The routes of snapshots: what they answer, in which form, to whom. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startServer } from "../../src/cli/server.ts";
import { createHandler } from "../../src/http/index.ts";
import { fieldOf } from "../../src/http/multipart.ts";
import { open } from "../../src/index.ts";
import { cities, serving, type TestServer } from "./support.ts";

let server: TestServer;
let folder: string;
beforeAll(async () => {
  server = await serving();
  await cities(server);
  folder = await mkdtemp(join(tmpdir(), "nearvec-http-snapshots-"));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const SNAPSHOTS = "/collections/cities/snapshots";

/** The bytes that a path answers with. */
async function download({ handler }: TestServer, path: string, headers = {}): Promise<Uint8Array> {
  const response = await handler(new Request(`http://localhost${path}`, { headers }));
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/octet-stream");
  const bytes = await response.bytes();
  expect(response.headers.get("content-length")).toBe(String(bytes.length));
  return bytes;
}

function form(bytes: Uint8Array, field = "snapshot"): FormData {
  const data = new FormData();
  data.append("other", "text");
  data.append(field, new Blob([bytes as BlobPart]), "x.snapshot");
  return data;
}

interface Uploaded {
  readonly status: number;
  readonly result: unknown;
  readonly error: string | undefined;
}

async function upload(to: TestServer, path: string, body: BodyInit, headers = {}): Promise<Uploaded> {
  // As bytes: the streams that forms become by themselves don't bear being given up half-way.
  const encoded = new Response(body);
  const type = encoded.headers.get("content-type") ?? "";
  const request = new Request(`http://localhost${path}`, {
    method: "POST",
    body: await encoded.bytes(),
    headers: { "content-type": type, ...headers },
  });
  const response = await to.handler(request);
  const { result, status } = (await response.json()) as { result: unknown; status: { error?: string } };
  return { status: response.status, result, error: status.error };
}

async function eventually(check: () => Promise<void>): Promise<void> {
  await vi.waitFor(check, { timeout: 5000, interval: 10 });
}

test("made, listed, downloaded, recovered, deleted", async () => {
  const { result: made } = await server.call("POST", SNAPSHOTS);
  expect(made).toMatchObject({ name: expect.stringContaining("cities-"), checksum: expect.any(String) });
  expect((await server.call("GET", SNAPSHOTS)).result).toEqual([made]);
  const bytes = await download(server, `${SNAPSHOTS}/${made.name}`);
  expect(bytes.length).toBe(made.size);
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(made.checksum);
  await server.call("POST", "/collections/cities/points/payload/clear?wait=true", { filter: {} });
  const body = { location: made.name, checksum: made.checksum, priority: "snapshot", api_key: null };
  expect((await server.call("PUT", `${SNAPSHOTS}/recover?wait=true`, body)).result).toBe(true);
  const { result } = await server.call("GET", "/collections/cities/points/1");
  expect(result.payload).toEqual({ city: "Berlin", visitors: 13 });
  expect((await server.call("DELETE", `${SNAPSHOTS}/${made.name}`)).result).toBe(true);
  expect((await server.call("GET", SNAPSHOTS)).result).toEqual([]);
});

test("of all collections", async () => {
  const { result: made } = await server.call("POST", "/snapshots?wait=true");
  expect((await server.call("GET", "/snapshots")).result).toEqual([made]);
  const bytes = await download(server, `/snapshots/${made.name}`);
  await using copy = await open({ snapshot: bytes });
  expect((await copy.count("cities")).count).toBe(6);
  expect((await server.call("DELETE", `/snapshots/${made.name}`)).result).toBe(true);
  expect((await server.call("GET", `/snapshots/${made.name}`)).status).toBe(404);
});

test("of the one shard", async () => {
  const shard = "/collections/cities/shards/0/snapshots";
  const { result: made } = await server.call("POST", shard);
  expect((await server.call("GET", shard)).result).toEqual([made]);
  const bytes = await download(server, `${shard}/${made.name}`);
  expect((await server.call("PUT", `${shard}/recover`, { location: made.name })).result).toBe(true);
  expect(await upload(server, `${shard}/upload`, form(bytes))).toMatchObject({ status: 200, result: true });
  expect((await server.call("DELETE", `${shard}/${made.name}`)).result).toBe(true);
  // One that is made to be read once.
  const passing = await download(server, "/collections/cities/shards/0/snapshot");
  await using copy = await open({ snapshot: passing });
  expect((await copy.count("cities")).count).toBe(6);
  expect((await server.call("GET", shard)).result).toEqual([]);
  const response = await server.handler(new Request("http://localhost/collections/cities/shards/0/snapshot"));
  await response.body?.cancel();
  await eventually(async () => expect((await server.call("GET", shard)).result).toEqual([]));
});

describe("HEAD", () => {
  const shard = "/collections/cities/shards/0/snapshot";
  const head = (path: string) => server.handler(new Request(`http://localhost${path}`, { method: "HEAD" }));

  test("makes no snapshot where GET does", async () => {
    for (let i = 0; i < 5; i++) expect((await head(shard)).status).toBe(405);
    expect((await server.call("GET", `${shard}s`)).result).toEqual([]);
  });

  test("tells of one that is there, and leaves nothing open", async () => {
    const cancel = vi.fn();
    const pull = vi.fn();
    const file = {
      name: "x.snapshot",
      size: 1234,
      stream: () => new ReadableStream<Uint8Array>({ pull, cancel }, { highWaterMark: 0 }),
    };
    const spy = vi.spyOn(server.client, "downloadSnapshot").mockResolvedValue(file as never);
    try {
      const response = await head(`${SNAPSHOTS}/x.snapshot`);
      expect([response.status, response.headers.get("content-length")]).toEqual([200, "1234"]);
      expect(await response.text()).toBe("");
      expect([cancel.mock.calls.length, pull.mock.calls.length]).toEqual([1, 0]);
    } finally {
      spy.mockRestore();
    }
  });

  test("answers elsewhere as GET does, without a body", async () => {
    const response = await head("/collections");
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect((await head("/nothing")).status).toBe(404);
  });
});

describe("a snapshot that is made to be read once", () => {
  const shard = "/collections/cities/shards/0/snapshot";

  test("is gone when it can't be opened, or read on", async () => {
    await using own = await serving({ onDefect: () => {} });
    await cities(own);
    const spy = vi.spyOn(own.client, "downloadSnapshot");
    spy.mockRejectedValueOnce(new Error("no"));
    expect((await own.call("GET", shard)).status).toBe(500);
    expect((await own.call("GET", `${shard}s`)).result).toEqual([]);
    const stream = () =>
      new ReadableStream<Uint8Array>({
        pull() {
          throw new Error("broken");
        },
      });
    spy.mockResolvedValueOnce({ name: "x", size: 1, stream } as never);
    const response = await own.handler(new Request(`http://localhost${shard}`));
    await expect(response.bytes()).rejects.toThrow("broken");
    expect((await own.call("GET", `${shard}s`)).result).toEqual([]);
  });

  test("can't be made by pages of other sites, which show it as an image, say", async () => {
    await using own = await serving({ cors: ["https://good.example"] });
    await cities(own);
    const status = async (to: TestServer, headers: Record<string, string>) => {
      const response = await to.handler(new Request(`http://localhost${shard}`, { headers }));
      await response.body?.cancel();
      return response.status;
    };
    for (const site of ["cross-site", "same-site"]) {
      const headers = { "sec-fetch-site": site };
      expect(await status(server, headers)).toBe(403);
      expect(await status(own, headers)).toBe(403);
      expect(await status(server, { ...headers, origin: "null" })).toBe(403);
      expect(await status(server, { ...headers, origin: "https://good.example" })).toBe(403);
      expect(await status(own, { ...headers, origin: "https://good.example" })).toBe(200);
    }
    // Programs say nothing of the kind; and whoever types an address is no site.
    expect(await status(server, {})).toBe(200);
    for (const site of ["same-origin", "none"])
      expect(await status(server, { "sec-fetch-site": site })).toBe(200);
    await using open = await serving({ cors: "*" });
    await cities(open);
    expect(await status(open, { "sec-fetch-site": "cross-site" })).toBe(200);
    await eventually(async () => expect((await server.call("GET", `${shard}s`)).result).toEqual([]));
  });
});

test.each([
  ["GET", "/shards/1/snapshot", undefined],
  ["GET", "/shards/1/snapshots", undefined],
  ["POST", "/shards/1/snapshots", undefined],
  ["GET", "/shards/1/snapshots/x.snapshot", undefined],
  ["DELETE", "/shards/1/snapshots/x.snapshot", undefined],
  ["PUT", "/shards/1/snapshots/recover", { location: "x.snapshot" }],
  ["POST", "/shards/1/snapshots/upload", {}],
])("%s %s: there is no other shard", async (verb, path, body) => {
  const { status, error } = await server.call(verb, `/collections/cities${path}`, body);
  expect([status, error]).toEqual([404, "Not found: Shard 1 not found"]);
});

test("a shard has a number", async () => {
  expect((await server.call("GET", "/collections/cities/shards/x/snapshots")).status).toBe(400);
});

describe("uploading", () => {
  let bytes: Uint8Array;
  let checksum: string;
  beforeAll(async () => {
    const { result } = await server.call("POST", SNAPSHOTS);
    checksum = result.checksum;
    bytes = await download(server, `${SNAPSHOTS}/${result.name}`);
    await server.call("DELETE", `${SNAPSHOTS}/${result.name}`);
  });
  const path = "/collections/uploaded/snapshots/upload";

  test("makes a collection, or replaces it", async () => {
    for (const query of ["", "?wait=true&priority=snapshot", `?checksum=${checksum.toUpperCase()}`]) {
      expect(await upload(server, path + query, form(bytes))).toMatchObject({ status: 200, result: true });
      expect((await server.client.count("uploaded")).count).toBe(6);
      await server.client.clearPayload("uploaded", { filter: {} });
    }
    expect((await server.call("GET", "/collections/uploaded/snapshots")).result).toEqual([]);
  });

  test("without waiting", async () => {
    const request = new Request(`http://localhost${path}?wait=false`.replace("uploaded", "later"), {
      method: "POST",
      body: form(bytes),
    });
    const response = await server.handler(request);
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ status: "accepted", time: expect.any(Number) });
    await eventually(async () => expect((await server.client.count("later")).count).toBe(6));
  });

  const badForm = (text: string) => new TextEncoder().encode(text);
  test.each<[string, () => BodyInit, Record<string, string>, number, RegExp]>([
    ["another checksum", () => form(bytes), {}, 400, /^Bad request: Snapshot checksum mismatch: got /],
    ["no such field", () => form(bytes, "file"), {}, 400, /Field "snapshot" is required/],
    ["no snapshot", () => form(new Uint8Array(100)), {}, 400, /^Bad request: .*no snapshot of nearvec/],
    ["nothing", () => form(new Uint8Array(0)), {}, 400, /^Bad request: /],
    ["half a snapshot", () => form(bytes.subarray(0, bytes.length >> 1)), {}, 400, /^Bad request: /],
    ["JSON", () => "{}", { "content-type": "application/json" }, 415, /multipart/],
    ["no boundary", () => "x", { "content-type": "multipart/form-data" }, 415, /multipart/],
    ["no form", () => "x", { "content-type": "multipart/form-data; boundary=b" }, 400, /broke off/],
    [
      "half a form",
      () => badForm('--b\r\nContent-Disposition: form-data; name="snapshot"\r\n\r\nxyz'),
      { "content-type": "multipart/form-data; boundary=b" },
      400,
      /broke off/,
    ],
    [
      "an endless header",
      () => badForm(`--b\r\nX: ${"y".repeat(10_000)}`),
      { "content-type": "multipart/form-data; boundary=b" },
      400,
      /too long/,
    ],
    ["what another site sends", () => form(bytes), { origin: "https://evil.example" }, 403, /other sites/],
  ])("%s is refused, and changes nothing", async (what, body, headers, status, text) => {
    const before = await server.client.getCollections();
    const query = what === "another checksum" ? `?checksum=${"0".repeat(64)}` : "";
    const to = path.replace("uploaded", "refused");
    const answer = await upload(server, to + query, body(), headers);
    expect([answer.status, answer.error]).toEqual([status, expect.stringMatching(text)]);
    expect(await server.client.getCollections()).toEqual(before);
  });

  test.each([
    ["checksum=xyz", 422],
    ["priority=x", 400],
    ["wait=x", 400],
  ])("?%s is refused", async (query, status) => {
    expect((await upload(server, `${path}?${query}`, form(bytes))).status).toBe(status);
  });

  test("what is larger than the limit is refused, announced or not", async () => {
    await using small = await serving({ maxSnapshotBytes: 1000 });
    const announced = await upload(small, path, form(bytes), { "content-length": "5000" });
    expect(announced.status).toBe(413);
    expect((await upload(small, path, form(bytes))).status).toBe(413);
    expect((await small.client.getCollections()).collections).toEqual([]);
    const answer = await upload(small, path, form(bytes.subarray(0, 100)));
    expect(answer.status).toBe(400); // small enough, and no snapshot
  });

  test("pages of allowed sites may", async () => {
    await using own = await serving({ cors: ["https://good.example", "https://better.example"] });
    const from = async (origin: string) => (await upload(own, path, form(bytes), { origin })).status;
    expect(await from("https://good.example")).toBe(200);
    expect(await from("http://localhost")).toBe(200);
    expect(await from("https://better.example.evil")).toBe(403);
    expect(await from("https://good.exam")).toBe(403);
    await using one = await serving({ cors: "https://good.example" });
    const refused = await upload(one, path, form(bytes), { origin: "https://good.exam" });
    expect(refused.status).toBe(403);
  });

  test("a form is read whatever pieces it comes in", async () => {
    const content = Uint8Array.from({ length: 300 }, (_, i) => (i % 7 === 0 ? 13 : i % 5 === 0 ? 10 : 45));
    const head =
      '--b-b\r\nContent-Disposition: form-data; name="x"\r\n\r\nother\r\n--b-b\r\ncontent-disposition: form-data; filename="name=y"; name=snapshot\r\nContent-Type: a/b\r\n\r\n';
    const body = new Uint8Array([...badForm(head), ...content, ...badForm("\r\n--b-b--\r\nepilogue")]);
    for (const piece of [1, 2, 3, 7, 50, 1000]) {
      let at = 0;
      const stream = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (at >= body.length) return controller.close();
          controller.enqueue(body.slice(at, at + piece));
          at += piece;
        },
      });
      const request = new Request("http://localhost", {
        method: "POST",
        body: stream,
        headers: { "content-type": 'multipart/form-data; charset=utf-8; boundary="b-b"' },
        duplex: "half",
      } as RequestInit);
      const field = await fieldOf(request, "snapshot", 10_000);
      expect(await new Response(field.stream).bytes()).toEqual(content);
      await field.received;
    }
  });

  test("the store takes it as it comes, and is not left with it", async () => {
    const path = join(folder, "received");
    await using client = await open({ path });
    const handler = createHandler(client);
    const own = { ...server, client, handler };
    expect((await upload(own, "/collections/c/snapshots/upload", form(bytes))).status).toBe(200);
    expect((await client.count("c")).count).toBe(6);
    expect(await readdir(join(path, "snapshots", ".uploads"))).toEqual([]);
  });
});

describe("without waiting", () => {
  test("work goes on behind the answer", async () => {
    const { status } = await server.call("POST", `${SNAPSHOTS}?wait=false`);
    expect(status).toBe(202);
    await eventually(async () => expect((await server.call("GET", SNAPSHOTS)).result).toHaveLength(1));
    const [{ name }] = (await server.call("GET", SNAPSHOTS)).result;
    await server.client.clearPayload("cities", { filter: {} });
    const recovered = await server.call("PUT", `${SNAPSHOTS}/recover?wait=false`, { location: name });
    expect(recovered.status).toBe(202);
    await eventually(async () => {
      const { result } = await server.call("GET", "/collections/cities/points/1");
      expect(result.payload).not.toEqual({});
    });
    expect((await server.call("DELETE", `${SNAPSHOTS}/${name}?wait=false`)).status).toBe(202);
    await eventually(async () => expect((await server.call("GET", SNAPSHOTS)).result).toEqual([]));
    expect((await server.call("POST", "/snapshots?wait=false")).status).toBe(202);
    await eventually(async () => expect((await server.call("GET", "/snapshots")).result).toHaveLength(1));
  });

  test("what goes wrong then is reported", async () => {
    const onDefect = vi.fn();
    await using own = await serving({ onDefect });
    expect((await own.call("POST", "/collections/none/snapshots?wait=false")).status).toBe(202);
    await eventually(async () => expect(onDefect).toHaveBeenCalledOnce());
    expect(onDefect.mock.calls[0]?.[0]).toMatchObject({ code: "COLLECTION_NOT_FOUND" });
  });

  test("a mistake of the caller is printed in one line, a defect with all there is to know", async () => {
    const print = vi.spyOn(console, "error").mockImplementation(() => {});
    try {
      const handler = createHandler(server.client);
      const own = { ...server, handler };
      const path = "/collections/later%0Anearvec/snapshots";
      const bad = await upload(own, `${path}/upload?wait=false`, form(new Uint8Array(100)));
      expect([bad.status, bad.error]).toEqual([202, undefined]);
      await handler(new Request(`http://localhost${path}?wait=false`, { method: "POST" }));
      await eventually(async () => expect(print).toHaveBeenCalledTimes(2));
      for (const call of print.mock.calls) {
        expect(call).toEqual([
          expect.stringMatching(/^nearvec: a request that had been accepted failed: [^\n]+$/),
        ]);
      }
      const defect = new Error("defect");
      vi.spyOn(server.client, "listSnapshots").mockRejectedValueOnce(defect);
      await handler(new Request(`http://localhost${SNAPSHOTS}`));
      expect(print).toHaveBeenLastCalledWith("nearvec:", defect);
    } finally {
      vi.restoreAllMocks();
    }
  });
});

describe("what is refused", () => {
  test.each([
    ["GET", "/collections/none/snapshots", undefined, 404, "Not found: Collection `none` doesn't exist!"],
    ["POST", "/collections/none/snapshots", undefined, 404, "Not found: Collection `none` doesn't exist!"],
    ["GET", `${SNAPSHOTS}/x.snapshot`, undefined, 404, "Not found: Snapshot x.snapshot not found"],
    ["DELETE", `${SNAPSHOTS}/x.snapshot`, undefined, 404, "Not found: Snapshot x.snapshot not found"],
    ["GET", "/snapshots/x.snapshot", undefined, 404, "Not found: Snapshot x.snapshot not found"],
    [
      "GET",
      `${SNAPSHOTS}/..%2f..%2fcatalog-0`,
      undefined,
      404,
      "Not found: Snapshot ../../catalog-0 not found",
    ],
    ["GET", "/snapshots/..%2f..%2f..%2fetc%2fpasswd", undefined, 404, /^Not found: /],
    ["DELETE", "/snapshots/..%2fcatalog-0", undefined, 404, /^Not found: /],
    ["PUT", `${SNAPSHOTS}/recover`, { location: "file:///etc/passwd" }, 403, /^Forbidden: location/],
    ["PUT", `${SNAPSHOTS}/recover`, { location: "../../catalog-0" }, 403, /^Forbidden: location/],
    [
      "PUT",
      `${SNAPSHOTS}/recover`,
      { location: "http://localhost:6333/x" },
      400,
      /^Bad request: .*http:.*uploadSnapshot/,
    ],
    [
      "PUT",
      `${SNAPSHOTS}/recover`,
      { location: "x.snapshot" },
      400,
      'Bad request: Snapshot file "x.snapshot" does not exist',
    ],
    ["PUT", `${SNAPSHOTS}/recover`, {}, 400, /^Format error in JSON body: /],
    ["PUT", `${SNAPSHOTS}/recover`, { location: "x", priority: "y" }, 400, /^Format error in JSON body: /],
    ["POST", `${SNAPSHOTS}?wait=1`, undefined, 400, /^Format error in query parameters: /],
    ["POST", "/collections/a%2fb/snapshots", undefined, 422, /^Validation error in path parameters: /],
  ])("%s %s %j", async (verb, path, body, status, text) => {
    const answer = await server.call(verb, path, body);
    expect(answer.status, answer.error).toBe(status);
    if (typeof text === "string") expect(answer.error).toBe(text);
    else expect(answer.error).toMatch(text);
  });

  test("a page of another site can't make one either", async () => {
    const { status } = await server.call("POST", "/snapshots", undefined, { origin: "https://evil.example" });
    expect(status).toBe(403);
  });

  test("a snapshot of several collections in the place of one", async () => {
    await server.call("PUT", "/collections/second", { vectors: { size: 1, distance: "Dot" } });
    const { result } = await server.call("POST", "/snapshots");
    const bytes = await download(server, `/snapshots/${result.name}`);
    const { status, error } = await upload(server, `${SNAPSHOTS}/upload`, form(bytes));
    expect([status, error]).toEqual([
      400,
      expect.stringMatching(/^Bad request: the snapshot: .*recoverFullSnapshot/),
    ]);
  });
});

test("whoever may read may download, and nothing else", async () => {
  await using own = await serving({ apiKey: "full", readOnlyApiKey: "read" });
  const full = { "api-key": "full" };
  const read = { "api-key": "read" };
  await own.call("PUT", "/collections/cities", { vectors: { size: 4, distance: "Dot" } }, full);
  const { result: one } = await own.call("POST", SNAPSHOTS, undefined, full);
  const { result: all } = await own.call("POST", "/snapshots", undefined, full);
  for (const path of [`${SNAPSHOTS}/${one.name}`, `/snapshots/${all.name}`]) {
    expect((await own.call("GET", path)).status).toBe(401);
    expect((await own.call("GET", path, undefined, { "api-key": "wrong" })).status).toBe(401);
    const bytes = await download(own, path, read);
    expect(bytes).toEqual(await download(own, path, full));
    expect((await own.call("DELETE", path, undefined, read)).status).toBe(403);
    const answer = await upload(own, `${SNAPSHOTS}/upload`, form(bytes), read);
    expect(answer.status).toBe(403);
  }
  expect((await own.call("GET", "/collections/cities/shards/0/snapshot", undefined, read)).status).toBe(403);
  expect((await own.call("PUT", `${SNAPSHOTS}/recover`, { location: one.name }, read)).status).toBe(403);
});

test("over a socket, by curl, into a folder and back", async () => {
  const path = join(folder, "served");
  await using client = await open({ path });
  await client.createCollection("c", { vectors: { size: 64, distance: "Dot" } });
  const vectors = Float32Array.from({ length: 64 * 20_000 }, (_, i) => Math.sin(i));
  await client.upsert("c", { batch: { ids: Uint32Array.from({ length: 20_000 }, (_, i) => i), vectors } });
  const running = await startServer(client, { host: "127.0.0.1", port: 0, apiKey: "key" });
  const curl = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)("curl", ["-sS", "-H", "api-key: key", ...args]);
    return stdout;
  };
  try {
    const snapshots = `${running.url}/collections/c/snapshots`;
    const { result } = JSON.parse(await curl("-X", "POST", snapshots));
    const file = join(folder, "downloaded");
    await curl("-o", file, "-D", `${file}.headers`, `${snapshots}/${result.name}`);
    const bytes = await readFile(file);
    expect(bytes.length).toBe(result.size);
    expect(bytes.length).toBeGreaterThan(64 * 4 * 20_000);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(result.checksum);
    const headers = await readFile(`${file}.headers`, "utf8");
    expect(headers).toMatch(new RegExp(`content-length: ${result.size}\r`, "i"));
    expect(headers).toContain(`attachment; filename="${result.name}"`);
    const uploaded = await curl(
      "-F",
      `snapshot=@${file}`,
      `${running.url}/collections/copy/snapshots/upload?checksum=${result.checksum}`,
    );
    expect(JSON.parse(uploaded)).toMatchObject({ result: true, status: "ok" });
    expect((await client.count("copy")).count).toBe(20_000);
    const put = join(path, "snapshots", "put");
    await writeFile(put, bytes);
    const body = JSON.stringify({ location: pathToFileURL(put).href });
    const recovered = await curl(
      "-X",
      "PUT",
      "-H",
      "content-type: application/json",
      "-d",
      body,
      `${running.url}/collections/c/snapshots/recover`,
    );
    expect(JSON.parse(recovered)).toMatchObject({ result: true });
    // Who goes away in the middle leaves nothing open, and the next one is served.
    const away = new AbortController();
    const response = await fetch(`${snapshots}/${result.name}`, {
      headers: { "api-key": "key" },
      signal: away.signal,
    });
    await response.body?.getReader().read();
    away.abort();
    expect(JSON.parse(await curl("-X", "DELETE", `${snapshots}/${result.name}`))).toMatchObject({
      result: true,
    });
    const head = await fetch(`${running.url}/snapshots`, { headers: { "api-key": "key" } });
    expect(await head.json()).toMatchObject({ result: [] });
  } finally {
    await running.close();
  }
});

test("over a socket, what is too large is refused while it comes", async () => {
  await using client = await open();
  const running = await startServer(client, { host: "127.0.0.1", port: 0, maxSnapshotBytes: 100_000 });
  try {
    const file = join(folder, "large");
    await writeFile(file, new Uint8Array(30_000_000));
    const url = `${running.url}/collections/c/snapshots/upload`;
    for (const more of [[], ["-H", "transfer-encoding: chunked"]]) {
      const args = [
        "-sS",
        "-w",
        "%{http_code}",
        "-o",
        join(folder, "out"),
        "-F",
        `snapshot=@${file}`,
        ...more,
        url,
      ];
      const { stdout } = await promisify(execFile)("curl", args).catch((error: { stdout: string }) => error);
      // A caller that goes on sending may find the connection closed.
      expect(["413", "000"]).toContain(stdout);
    }
    expect(await (await fetch(`${running.url}/collections`)).json()).toMatchObject({
      result: { collections: [] },
    });
  } finally {
    await running.close();
  }
});
