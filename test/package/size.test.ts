import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("importing the engine in a browser takes at most 40 KB gzipped, one core module included", async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: 'export { open } from "nearvec";', resolveDir: root },
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    outdir: "out",
    metafile: true,
    write: false,
    absWorkingDir: root,
  });
  // The entry and what it imports at once; what is loaded on demand is not part of the import.
  const needed = new Set(["out/stdin.js"]);
  for (const path of needed) {
    for (const { kind, path: next } of metafile.outputs[path]?.imports ?? []) {
      if (kind === "import-statement") needed.add(next);
    }
  }
  const files = outputFiles.filter(({ path }) => [...needed].some((name) => path.endsWith(name)));
  expect(files.length).toBe(needed.size);
  expect(files.length).toBeLessThan(outputFiles.length);
  const script = files.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
  const core = gzipSync(await readFile(`${root}/dist/wasm/core.wasm`), { level: 9 }).length;
  console.log(`script ${script} bytes, core ${core} bytes`);
  expect(script + core).toBeLessThanOrEqual(40_000);
});
