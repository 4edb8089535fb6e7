/** What is published, as it is published: dist/. */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { start } from "./processes.ts";

const dist = new URL("../../dist/", import.meta.url);
const require = createRequire(import.meta.url);

type Engine = typeof import("../../src/index.ts");
type Face = typeof import("../../src/http/index.ts");

test("the program runs", async () => {
  await using running = start(["serve", "--port", "0"], {}, fileURLToPath(new URL("cli.js", dist)));
  const out = await running.until("Data is");
  const url = /http:\/\/\S+?:\d+/.exec(out)?.[0];
  const response = await fetch(`${url}/collections/nowhere`);
  expect(response.status).toBe(404);
  running.process.kill("SIGTERM");
  expect((await running.finished).code).toBe(0);
});

test.each([
  ["index.js", "http.js"],
  ["index.cjs", "http.cjs"],
  ["index.js", "http.cjs"],
  ["index.cjs", "http.js"],
])("%s works with %s", async (engine, face) => {
  const load = <T>(name: string): Promise<T> =>
    name.endsWith(".cjs") ? require(fileURLToPath(new URL(name, dist))) : import(new URL(name, dist).href);
  const { open } = await load<Engine>(engine);
  const { createHandler } = await load<Face>(face);
  const client = await open();
  const handler = createHandler(client);
  const response = await handler(new Request("http://localhost/collections/nowhere"));
  expect([response.status, await response.json()]).toEqual([
    404,
    { status: { error: "Not found: Collection `nowhere` doesn't exist!" }, time: expect.any(Number) },
  ]);
  await client.close();
});
