/** The handler where there is no Node: it needs requests and responses, and nothing else. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("it bundles for browsers and workers without anything of Node's", async () => {
  const { metafile, warnings } = await build({
    entryPoints: [`${root}/src/http/index.ts`],
    bundle: true,
    platform: "browser",
    format: "esm",
    conditions: ["workerd", "worker"],
    write: false,
    metafile: true,
    absWorkingDir: root,
    outdir: "out",
    logLevel: "silent",
  });
  expect(warnings).toEqual([]);
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  expect(imports.filter(({ external }) => external)).toEqual([]);
  const foreign = Object.keys(metafile.inputs).filter((path) => path.includes("node_modules"));
  expect(foreign.every((path) => path.startsWith("node_modules/hono/"))).toBe(true);
});

test("it needs no global of Node's", async () => {
  const { outputFiles } = await build({
    entryPoints: [`${root}/src/http/index.ts`],
    bundle: true,
    platform: "browser",
    format: "iife",
    globalName: "face",
    write: false,
    absWorkingDir: root,
  });
  const code = outputFiles[0]?.text ?? "";
  // What Node has and workers lack is hidden from the code.
  const hidden = ["process", "Buffer", "require", "module", "exports", "__dirname", "global", "setImmediate"];
  const load = new Function(
    ...hidden,
    `${code}; return face;`,
  ) as () => typeof import("../../src/http/index.ts");
  const { createHandler } = load();
  const client = {
    info: () => ({ collections: 0 }),
    versionInfo: async () => ({ title: "engine", version: "1.19.0" }),
    getCollections: async () => ({ collections: [{ name: "words" }] }),
  };
  const handler = createHandler(client as never, { apiKey: "k" });
  const get = (path: string, headers = {}) =>
    handler(new Request(`https://edge.example${path}`, { headers }));
  expect(await (await get("/collections", { "api-key": "k" })).json()).toMatchObject({
    result: { collections: [{ name: "words" }] },
    status: "ok",
  });
  expect((await get("/collections")).status).toBe(401);
  expect((await get("/telemetry", { authorization: "Bearer k" })).status).toBe(200);
});
