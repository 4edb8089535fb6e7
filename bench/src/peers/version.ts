/** Which version of a package is installed; `exports` keeps most package.json files from being imported. */

import { readFileSync } from "node:fs";

/** `folder` holds the package's node_modules, relative to bench/. */
export function installedVersion(name: string, folder = "."): string {
  const path = new URL(`../../${folder}/node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
}
