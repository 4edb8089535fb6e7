import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));

interface Lock {
  readonly packages: Readonly<Record<string, { readonly integrity?: string }>>;
}

function read(path: string): Lock | undefined {
  try {
    return JSON.parse(readFileSync(`${here}/${path}`, "utf8")) as Lock;
  } catch {
    return undefined; // absent, or half written by a run that died
  }
}

/** npm notes last of all what it has installed. */
function isInstalled(): boolean {
  const installed = read("node_modules/.package-lock.json")?.packages;
  const wanted = Object.entries(read("package-lock.json")?.packages ?? {});
  return wanted.every(([path, { integrity }]) => path === "" || installed?.[path]?.integrity === integrity);
}

/** Installs what package-lock.json names here, unless it is there. */
export function install(): void {
  if (isInstalled()) return;
  execFileSync("npm", ["ci", "--ignore-scripts", "--prefer-offline", "--loglevel=error"], {
    cwd: here,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
}

/**
 * A package of this folder's own. They are large, and nothing else needs them: the first test that asks has them installed.
 */
export async function installed<Module>(name: string): Promise<Module> {
  install();
  return (await import(/* @vite-ignore */ name)) as Module;
}
