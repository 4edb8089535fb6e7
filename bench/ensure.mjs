// Makes the benchmarks ready, then runs one: installs what bench/package-lock.json names, builds nearvec,
// starts FILE under the development Node. Node's own modules only, for it is the first thing that runs.
//
//   node ensure.mjs FILE ARGS…
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const mainEnsure = join(here, "..", "build", "ensure.mjs");
const developmentBin = join(here, "..", "node_modules", "node", "bin");

/** @param {string} path */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(join(here, path), "utf8"));
  } catch {
    return undefined; // absent, or half written by a run that died
  }
}

/**
 * npm notes last of all what it has installed. A peer whose native code didn't compile here is optional: it
 * is left out, and the benchmark says so.
 */
function isInstalled() {
  const wanted = readJson("package-lock.json")?.packages ?? {};
  const installed = readJson("node_modules/.package-lock.json")?.packages;
  if (!installed) return false;
  return Object.entries(wanted).every(([path, { integrity, optional }]) => {
    if (path === "") return true;
    const found = installed[path];
    return found ? found.integrity === integrity : optional === true;
  });
}

/**
 * npm leaves out optional packages that want a newer Node than runs it, so the Node that runs it is the one
 * that will run them.
 */
function developmentNode() {
  const binary = join(developmentBin, process.platform === "win32" ? "node.exe" : "node");
  return existsSync(binary) ? binary : process.execPath;
}

function developmentEnvironment() {
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  return { ...process.env, [key]: [developmentBin, process.env[key] ?? ""].join(delimiter) };
}

function install() {
  console.error("bench: installing the peers from package-lock.json");
  const flags = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = process.env.npm_execpath;
  const options = {
    cwd: here,
    stdio: /** @type {["ignore", 2, 2]} */ (["ignore", 2, 2]),
    env: developmentEnvironment(),
  };
  const result = npm?.endsWith("npm-cli.js")
    ? spawnSync(developmentNode(), [npm, ...flags], options)
    : spawnSync("npm", flags, { ...options, shell: process.platform === "win32" });
  if (result.error || result.status !== 0) {
    console.error(
      `bench: npm ci failed${result.error ? ` (${result.error.message})` : "; see its messages above"}`,
    );
    process.exit(1);
  }
}

const built = spawnSync(process.execPath, [mainEnsure], { stdio: ["ignore", 2, 2] });
if (built.status !== 0) process.exit(built.status ?? 1);
if (!isInstalled()) install();
const child = spawn(process.execPath, [mainEnsure, "run", ...process.argv.slice(2)], { stdio: "inherit" });
// A terminal sends SIGINT to the child as well; it ends, and this does with it.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
