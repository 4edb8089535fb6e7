// Makes a checkout ready: installs what the lock file names and builds what is missing or older than its sources. Node's own
// modules only, for it is the first thing that runs on a fresh clone, under whatever Node (20 or newer) is there.
//
//   node build/ensure.mjs                  install and build where needed; a tenth of a second when there is nothing to do
//   node build/ensure.mjs install          install only
//   node build/ensure.mjs build            build everything, needed or not
//   node build/ensure.mjs run FILE ARGS…   then run FILE under the development Node
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const CACHE = ".cache/ensure";
const LOCK = `${CACHE}/lock`;
// A build that takes longer than this is dead, even if another program has its process id by now.
const LOCK_EXPIRES_MS = 10 * 60_000;

/**
 * A step runs when the content of its inputs, or of what it wrote, isn't what its last success left behind.
 * A folder stands for every file in it.
 *
 * @typedef {{ name: string, inputs: string[], outputs: string[], commands: string[][] }} Step
 * @type {Step[]}
 */
const STEPS = [
  {
    name: "core",
    inputs: ["assembly", "build/core.mjs", "package-lock.json"],
    outputs: [
      "build/wasm/core.wasm",
      "build/wasm/core.relaxed.wasm",
      "build/wasm/core.debug.wasm",
      "build/wasm/sparse.wasm",
    ],
    commands: [["build/core.mjs", "--debug"]],
  },
  {
    name: "types",
    inputs: ["build/api", "build/types.mjs", "package-lock.json"],
    outputs: ["src/generated/qdrant.ts"],
    commands: [["build/types.mjs"]],
  },
  {
    name: "validators",
    inputs: ["build/api", "build/api-additions.mjs", "build/api-schemas.mjs", "build/validators.mjs"],
    outputs: ["src/generated/validators"],
    commands: [["build/validators.mjs"]],
  },
  {
    name: "bundle",
    inputs: [
      "src",
      "build/wasm",
      "build/bundle.mjs",
      "build/entries.mjs",
      "build/declarations.mjs",
      "tsup.config.ts",
      "tsconfig.json",
      "package.json",
      "package-lock.json",
    ],
    outputs: ["dist"],
    commands: [
      ["build/bundle.mjs"],
      ["node_modules/tsup/dist/cli-default.js", "--silent"],
      ["build/declarations.mjs"],
    ],
  },
];

/** The Node that the lock file names, whatever Node runs this; this one where its binary could not be installed. */
function developmentNode() {
  const binary = join(
    root,
    "node_modules",
    "node",
    "bin",
    process.platform === "win32" ? "node.exe" : "node",
  );
  return existsSync(binary) ? binary : process.execPath;
}

/** The tools need Node 22. An older one will do only where the package `node` could bring its own. */
function requireDevelopmentNode() {
  const major = Number(process.versions.node.split(".")[0]);
  if (developmentNode() !== process.execPath || major >= 22) return;
  fail(
    `Node ${process.versions.node} is too old for the development tools, and the package "node", which brings a newer one, has no binary. ` +
      'Let its install script run ("npm config get ignore-scripts" should say false), or use Node 22 or newer; then remove node_modules and try again',
  );
}

/** The environment in which `node` and the installed tools are those of the lock file. */
function developmentEnvironment() {
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  const first = [join(root, "node_modules", ".bin"), dirname(developmentNode())];
  return { ...process.env, [key]: [...first, process.env[key] ?? ""].join(delimiter) };
}

/** @param {string} message
 * @returns {never} */
function fail(message) {
  console.error(`nearvec: ${message}`);
  process.exit(1);
}

/**
 * Every file under the given files and folders, relative to the root, in a fixed order.
 *
 * @param {string[]} paths
 * @returns {string[]}
 */
function filesUnder(paths) {
  return paths.flatMap((path) => {
    const stats = statSync(join(root, path), { throwIfNoEntry: false });
    if (!stats) return [];
    if (!stats.isDirectory()) return [path];
    return filesUnder(
      readdirSync(join(root, path))
        .filter((name) => !name.startsWith("."))
        .sort()
        .map((name) => `${path}/${name}`),
    );
  });
}

/** @param {string[]} paths */
function fingerprint(paths) {
  const hash = createHash("sha256");
  for (const file of filesUnder(paths)) {
    const content = readFileSync(join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** @param {string} path */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), "utf8"));
  } catch {
    return undefined; // Absent, or half written by a run that died: the same as never done.
  }
}

/** npm notes last of all what it has installed; an entry that it left out must be one that another platform needs. */
function isInstalled() {
  const wanted = readJson("package-lock.json")?.packages;
  const installed = readJson("node_modules/.package-lock.json")?.packages;
  if (!wanted) fail("package-lock.json is missing or damaged; restore it from the repository");
  if (!installed) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === "") return true;
    const found = installed[path];
    return found ? found.version === version && found.integrity === integrity : optional === true;
  });
}

function install() {
  console.error("nearvec: installing the development tools from package-lock.json");
  const flags = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = process.env.npm_execpath;
  const result = npm?.endsWith("npm-cli.js")
    ? spawnSync(process.execPath, [npm, ...flags], { cwd: root, stdio: ["ignore", 2, 2] })
    : spawnSync("npm", flags, { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  if (result.error) fail(`npm could not be started (${result.error.message}); install npm and try again`);
  if (result.status !== 0) fail("npm ci failed; see its messages above");
}

/** @param {Step} step */
function isFresh(step) {
  const stamp = readJson(`${CACHE}/${step.name}.json`);
  return (
    stamp !== undefined &&
    stamp.inputs === fingerprint(step.inputs) &&
    stamp.outputs === fingerprint(step.outputs)
  );
}

/** @param {Step} step */
function build(step) {
  console.error(`nearvec: building ${step.name}`);
  const stamp = `${CACHE}/${step.name}.json`;
  rmSync(join(root, stamp), { force: true });
  // Before the commands run: a source that changes meanwhile makes the next run build again.
  const inputs = fingerprint(step.inputs);
  for (const command of step.commands) {
    const result = spawnSync(developmentNode(), command, {
      cwd: root,
      stdio: ["ignore", 2, 2],
      env: developmentEnvironment(),
    });
    if (result.status !== 0)
      fail(`building ${step.name} failed (node ${command.join(" ")}); see the messages above`);
  }
  writeFileSync(join(root, stamp), JSON.stringify({ inputs, outputs: fingerprint(step.outputs) }));
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/**
 * Runs `work` while no other run of this script in the same checkout does.
 *
 * @param {() => void} work
 */
function exclusively(work) {
  mkdirSync(join(root, CACHE), { recursive: true });
  const lock = join(root, LOCK);
  let told = false;
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    const stats = statSync(lock, { throwIfNoEntry: false });
    if (!stats) continue;
    const age = Date.now() - stats.mtimeMs;
    const owner = Number(readFileSync(lock, { encoding: "utf8", flag: "r" }));
    // The file is empty for the moment between its creation and the writing of the id.
    const isAbandoned = age > LOCK_EXPIRES_MS || (age > 2000 && !(owner > 0 && isAlive(owner)));
    if (isAbandoned) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!told) console.error("nearvec: waiting for another build of this checkout");
    told = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
  process.on("exit", () => rmSync(lock, { force: true }));
  work();
  rmSync(lock, { force: true });
}

/** @param {string} mode */
function ensure(mode) {
  const isReady = () => isInstalled() && (mode === "install" || (mode !== "build" && STEPS.every(isFresh)));
  if (isReady()) return;
  exclusively(() => {
    if (!isInstalled()) install();
    if (mode === "install") return;
    requireDevelopmentNode();
    for (const step of STEPS) if (mode === "build" || !isFresh(step)) build(step);
  });
}

/**
 * Runs a script in this process's place: same streams, same exit code, same signals.
 *
 * @param {string | undefined} file
 * @param {string[]} args
 */
function run(file, args) {
  if (!file) fail("run what? usage: node build/ensure.mjs run FILE ARGS…");
  const child = spawn(developmentNode(), [file, ...args], {
    stdio: "inherit",
    env: developmentEnvironment(),
  });
  // A terminal sends SIGINT to the child as well; the others reach only this process.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGHUP", () => child.kill("SIGHUP"));
  child.on("error", (error) => fail(`${file} could not be started: ${error.message}`));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
}

const [mode = "", file, ...args] = process.argv.slice(2);
if (!["", "install", "build", "run"].includes(mode))
  fail(`unknown argument ${mode}; see the head of build/ensure.mjs`);
ensure(mode);
if (mode === "run") run(file, args);
