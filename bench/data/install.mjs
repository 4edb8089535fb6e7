// Installs a package that carries data, the first time it is needed. Node's own modules only, and Node 20
// will do.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** @param {string} path */
function versionOf(path) {
  try {
    return JSON.parse(readFileSync(join(path, "package.json"), "utf8")).version;
  } catch {
    return undefined; // absent or half written: not installed
  }
}

/**
 * Makes sure that the package of the folder `bench/data/NAME` is there.
 *
 * @param {string} name the folder
 * @param {string} dependency the package that it names
 * @param {(message: string) => void} log
 * @returns {{ path: string, version: string }} where the package lies
 */
export function ensureData(name, dependency, log) {
  const folder = join(here, name);
  const path = join(folder, "node_modules", dependency);
  const wanted = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).dependencies[dependency];
  if (versionOf(path) !== wanted) {
    log(`downloading ${dependency} ${wanted}, once`);
    npmCi(folder, dependency);
  }
  if (versionOf(path) !== wanted) {
    throw new Error(
      `${dependency} ${wanted} is not in ${path}; remove ${join(folder, "node_modules")} and try again`,
    );
  }
  return { path, version: wanted };
}

/**
 * @param {string} folder
 * @param {string} dependency
 */
function npmCi(folder, dependency) {
  const flags = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = process.env.npm_execpath;
  // Under `npm run` this is the npm that runs us; a shell is what Windows needs to find the other one.
  const result =
    npm?.endsWith("npm-cli.js") && existsSync(npm)
      ? spawnSync(process.execPath, [npm, ...flags], { cwd: folder, stdio: ["ignore", 2, 2] })
      : spawnSync("npm", flags, {
          cwd: folder,
          stdio: ["ignore", 2, 2],
          shell: process.platform === "win32",
        });
  if (result.error)
    throw new Error(`npm could not be started: ${result.error.message}`, { cause: result.error });
  if (result.status !== 0)
    throw new Error(`npm could not install ${dependency} (see above); is the registry within reach?`);
}
