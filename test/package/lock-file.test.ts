import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const text = readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8");
const packages = Object.entries((JSON.parse(text) as { packages: Record<string, LockedPackage> }).packages);

test("the lock file names no registry, so that it serves behind any", () => {
  expect(packages.filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
  expect(text.match(/https?:\/\/[^"\s]*\.tgz/)).toBeNull();
});

test("the lock file knows every package by its content", () => {
  expect(packages.filter(([path, entry]) => path !== "" && entry.integrity === undefined)).toEqual([]);
});

test("the lock file holds the packages of every platform", () => {
  const names = new Set(packages.map(([path]) => path.slice(path.lastIndexOf("node_modules/") + 13)));
  const missing = packages.flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !names.has(name))
      .map((name) => `${path} wants ${name}`),
  );
  expect(missing).toEqual([]);
});
