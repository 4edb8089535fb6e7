/** Installs a peer that has a package of its own, the first time it takes part. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** `folder` is relative to bench/. */
export function ensurePeer(name: string, folder: string): void {
  const cwd = fileURLToPath(new URL(`../../${folder}/`, import.meta.url));
  const installed = readJson(join(cwd, "node_modules", name, "package.json")) as
    | { version?: string }
    | undefined;
  const wanted = readJson(join(cwd, "package.json")) as { dependencies: Record<string, string> };
  if (installed?.version === wanted.dependencies[name]) return;
  console.error(`installing ${name}`);
  const flags = ["install", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = process.env.npm_execpath;
  const result = npm?.endsWith("npm-cli.js")
    ? spawnSync(process.execPath, [npm, ...flags], { cwd, stdio: ["ignore", 2, 2] })
    : spawnSync("npm", flags, { cwd, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  if (result.status !== 0) throw new Error(`npm could not install ${name}`);
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined; // absent, or half written by a run that died
  }
}
