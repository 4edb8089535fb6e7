import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const npm = (args: string[], cwd: string) =>
  execFileSync("npm", [...args, "--ignore-scripts", "--loglevel=error"], {
    cwd,
    encoding: "utf8",
    shell: process.platform === "win32",
  });

// `#`, `%` and a space have a meaning in URLs: a path that is pasted into one breaks on them.
const folder = mkdtempSync(join(tmpdir(), "nearvec consumer #%41 "));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  npm(["pack", "--pack-destination", folder], root);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  if (!tarball) throw new Error("npm pack wrote no tarball");
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  npm(["install", "--no-audit", "--no-fund", "--prefer-offline", `./${tarball}`], folder);
});

const USE = `
  const client = await open();
  await client.createCollection("c", { vectors: { size: 3, distance: "Euclid" } });
  await client.upsert("c", { wait: true, points: [{ id: 7, vector: [1, 2, 3], payload: { word: "here" } }] });
  const { points } = await client.query("c", { query: [1, 2, 3], limit: 1, with_payload: true });
  await client.close();
  console.log(JSON.stringify(points.map(({ id, payload }) => [id, payload.word])));
`;

describe("installed from its tarball", () => {
  test.each([
    ["an ES module", "use.mjs", `import { open } from "nearvec";\n${USE}`],
    ["a CommonJS module", "use.cjs", `const { open } = require("nearvec");\n(async () => {${USE}})();`],
  ])("works from %s, and lets the process end", (_, name, text) => {
    writeFileSync(join(folder, name), text);
    const output = execFileSync(process.execPath, [name], { cwd: folder, encoding: "utf8", timeout: 30_000 });
    expect(output.trim()).toBe('[[7,"here"]]');
  });

  test("hands out its modules to those who inject them", () => {
    expect(existsSync(join(folder, "node_modules/nearvec/dist/wasm/core.wasm"))).toBe(true);
    const text = 'console.log(import.meta.resolve("nearvec/wasm/core.wasm"))';
    writeFileSync(join(folder, "resolve.mjs"), text);
    const output = execFileSync(process.execPath, ["resolve.mjs"], { cwd: folder, encoding: "utf8" });
    expect(output).toContain("dist/wasm/core.wasm");
  });

  test("vite bundles it for browsers, modules included, without a warning", async () => {
    // vite itself reads paths with such characters wrongly, so it gets a folder of its own.
    const site = mkdtempSync(join(tmpdir(), "nearvec-site-"));
    try {
      const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
      writeFileSync(join(site, "package.json"), JSON.stringify({ private: true, type: "module" }));
      npm(["install", "--no-audit", "--no-fund", "--prefer-offline", join(folder, `${tarball}`)], site);
      writeFileSync(join(site, "index.html"), '<script type="module" src="/main.js"></script>');
      writeFileSync(join(site, "main.js"), 'import { open } from "nearvec";\nglobalThis.client = open();\n');
      const warnings: string[] = [];
      await build({
        root: site,
        configFile: false,
        // Small files would become data: URLs; whether the files are found is what counts here.
        build: { assetsInlineLimit: 0, target: "es2022" },
        customLogger: {
          hasWarned: false,
          hasErrorLogged: () => false,
          clearScreen: () => {},
          info: () => {},
          warn: (message) => warnings.push(message),
          warnOnce: (message) => warnings.push(message),
          error: (message) => warnings.push(message),
        },
      });
      expect(warnings).toEqual([]);
      const assets = readdirSync(join(site, "dist/assets"));
      // Two builds of the core, and the module of sparse vectors.
      expect(assets.filter((name) => name.endsWith(".wasm"))).toHaveLength(3);
    } finally {
      rmSync(site, { recursive: true, force: true });
    }
  });
});
