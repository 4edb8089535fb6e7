/** A site for tests: the engine, bundled for browsers as an application's bundler does it, on a page with a worker. */

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** As deep as sources lie: they look for the compiled modules in ../../build/wasm/. */
const BUNDLE = "/src/bundle/";
const WASM = "/build/wasm/";
const PAGE = `<!doctype html><title>nearvec</title><link rel="icon" href="data:,"><script type="module" src="${BUNDLE}window.js"></script>`;
const TYPES: Readonly<Record<string, string>> = { js: "text/javascript", wasm: "application/wasm" };

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

export async function startSite(): Promise<Site> {
  const files = await bundle();
  const server = createServer(async ({ url = "" }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    const name = basename(pathname);
    const wasm = () => readFile(`${root}build/wasm/${name}`).catch(() => undefined);
    const body = pathname === "/" ? PAGE : pathname.startsWith(WASM) ? await wasm() : files.get(pathname);
    const type = TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "text/html";
    response.writeHead(body === undefined ? 404 : 200, { "content-type": type });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bundle(): Promise<Map<string, Uint8Array>> {
  const { outputFiles } = await build({
    entryPoints: ["window", "worker"].map((name) => `${root}test/browser/site/${name}.ts`),
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    outdir: "out",
    write: false,
    absWorkingDir: root,
    // The contract of storages is written for vitest, which doesn't run in a page.
    alias: { vitest: `${root}test/browser/site/expectations.ts` },
  });
  return new Map(outputFiles.map(({ path, contents }) => [BUNDLE + basename(path), contents]));
}
