import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Packed {
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** What `npm pack` would publish, without writing it. */
function pack(): Packed {
  const output = execFileSync(
    "npm",
    ["pack", "--dry-run", "--json", "--ignore-scripts", "--loglevel=error"],
    {
      cwd: root,
      encoding: "utf8",
      shell: process.platform === "win32",
    },
  );
  // npm answers with an array, or from version 12 on with an object by name.
  const [packed] = Object.values(JSON.parse(output) as Record<string, Packed>);
  if (!packed) throw new Error(`npm pack answered ${output}`);
  return packed;
}

test("the package installs without running anything", () => {
  const manifest = JSON.parse(readFileSync(`${root}/package.json`, "utf8")) as {
    scripts: Record<string, string>;
    gypfile?: boolean;
  };
  const atInstallation = ["preinstall", "install", "postinstall", "prepare", "preprepare", "postprepare"];
  expect(Object.keys(manifest.scripts).filter((name) => atInstallation.includes(name))).toEqual([]);
  expect(manifest.gypfile).toBeUndefined();
});

test("the package holds what is published and nothing else", () => {
  const { files, size } = pack();
  const paths = files.map((file) => file.path);
  for (const path of [
    "package.json",
    "dist/index.js",
    "dist/index.cjs",
    "dist/index.d.ts",
    "dist/index.d.cts",
    "dist/http.js",
    "dist/http.cjs",
    "dist/http.d.ts",
    "dist/http.d.cts",
    "dist/cli.js",
    "dist/wasm/core.wasm",
    "dist/wasm/core.relaxed.wasm",
    "dist/wasm/sparse.wasm",
  ]) {
    expect(paths).toContain(path);
  }
  // Types that entries share are in a file that is named by its content; chunks that would have the same name are numbered.
  const published =
    /^(dist\/((index|http|client-[\w-]+)\.d\.c?ts|[a-z-]+\d?\.c?js|wasm\/[a-z]+(\.relaxed)?\.wasm)|package\.json|LICENSE|[A-Z]+\.md)$/;
  expect(paths.filter((path) => !published.test(path))).toEqual([]);
  expect(size).toBeLessThanOrEqual(400_000);
});

test.each(["dist/base.js", "dist/base.cjs"])("%s names its modules so that bundlers find them", (path) => {
  const text = readFileSync(`${root}/${path}`, "utf8");
  const base = path.endsWith(".cjs") ? "__moduleUrl" : "import.meta.url";
  expect(text).toContain(`new URL("./wasm/core.wasm",${base})`);
  expect(text).toContain(`new URL("./wasm/core.relaxed.wasm",${base})`);
  expect(text).not.toContain("build/wasm");
});
