/** Installs a peer that has a package of its own, the first time it takes part. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** `folder` is relative to bench/. */
export function ensurePeer(name: string, folder: string): void {
  const cwd = fileURLToPath(new URL(`../../${folder}/`, import.meta.url));
  if (existsSync(`${cwd}node_modules/${name}/package.json`)) return;
  console.error(`installing ${name}`);
  const flags = ["install", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = process.env.npm_execpath;
  const result = npm?.endsWith("npm-cli.js")
    ? spawnSync(process.execPath, [npm, ...flags], { cwd, stdio: ["ignore", 2, 2] })
    : spawnSync("npm", flags, { cwd, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  if (result.status !== 0) throw new Error(`npm could not install ${name}`);
}
