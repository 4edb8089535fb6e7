/** The worker beside this file, built from the package and run by workerd: the runtime of Cloudflare Workers. */

import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The path of the program: a package of this folder's own, for it is large, and nothing else needs it. */
function install(): string {
  if (!existsSync(`${here}/node_modules/.package-lock.json`)) {
    execFileSync("npm", ["ci", "--ignore-scripts", "--prefer-offline", "--loglevel=error"], {
      cwd: here,
      stdio: ["ignore", "ignore", "inherit"],
      shell: process.platform === "win32",
    });
  }
  const require = createRequire(`${here}/package.json`);
  return (require("workerd") as { default: string }).default;
}

export interface Worker extends AsyncDisposable {
  readonly url: string;
  /** Of its code, without the WebAssembly. */
  readonly bytes: Uint8Array;
  /** What it complained of. */
  readonly complaints: () => string;
}

export async function startWorker(): Promise<Worker> {
  const workerd = install();
  const folder = mkdtempSync(join(tmpdir(), "nearvec-workerd-"));
  for (const name of ["core.wasm", "sparse.wasm"]) cpSync(`${root}/dist/wasm/${name}`, `${folder}/${name}`);
  cpSync(`${here}/config.capnp`, `${folder}/config.capnp`);
  await build({
    // From the root, whose package it is.
    stdin: { contents: readFileSync(`${here}/worker.js`, "utf8"), resolveDir: root },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    conditions: ["workerd", "worker"],
    external: ["./*.wasm"],
    outfile: `${folder}/worker.js`,
    absWorkingDir: root,
  });
  const child = spawn(workerd, ["serve", "config.capnp", "--control-fd=1"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const dispose = async () => {
    child.kill();
    await ended;
    rmSync(folder, { recursive: true });
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const { event, port } = JSON.parse(line) as { event: string; port: number };
    if (event !== "listen") continue;
    return {
      url: `http://127.0.0.1:${port}`,
      bytes: readFileSync(`${folder}/worker.js`),
      complaints: () => complaints,
      [Symbol.asyncDispose]: dispose,
    };
  }
  await dispose();
  throw new Error(`workerd did not start: ${complaints}`);
}
