/**
 * The published types, as a program meets them that compiles all of them (`skipLibCheck: false`): with the official client
 * beside nearvec, and without it.
 */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../..", import.meta.url));
const OFFICIAL = ["@qdrant/js-client-rest", "@qdrant/openapi-typescript-fetch"];

const USE = `
  const client = await open<{ docs: { text: string } }>();
  const [first] = await client.retrieve("docs", { ids: [1n] });
  const text: string | undefined = first?.payload?.text;
  const official = client.asQdrantClient();
  const { points } = await official.query("docs", { query: [1, 2] });
  const id: string | number | undefined = points[0]?.id;
  await client.close();
`;
const MODULE = `import { open } from "nearvec";\n${USE}\nexport { text, id };\n`;
const COMMON = `import nearvec = require("nearvec");
const { open } = nearvec;
export async function use() {${USE}
  return [text, id];
}\n`;
const NOMINAL = `import type { QdrantClient } from "@qdrant/js-client-rest";
import { open } from "nearvec";
declare function take(client: QdrantClient): void;
const client = await open();
take(client.asQdrantClient());
// @ts-expect-error: it is a type of its own
take(client);
// @ts-expect-error: and not any
client.asQdrantClient().nothing();
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nearvec-types-"));
  for (const [project, packages] of [
    ["without", []],
    ["with", OFFICIAL],
  ] as const) {
    const modules = join(folder, project, "node_modules");
    await mkdir(join(modules, "nearvec"), { recursive: true });
    await cp(join(root, "package.json"), join(modules, "nearvec/package.json"));
    await cp(join(root, "dist"), join(modules, "nearvec/dist"), { recursive: true });
    for (const name of packages) {
      await mkdir(dirname(join(modules, name)), { recursive: true });
      await symlink(join(root, "node_modules", name), join(modules, name), "junction");
    }
    await writeFile(join(folder, project, "package.json"), '{ "private": true, "type": "module" }');
    await writeFile(join(folder, project, "use.ts"), MODULE);
    await writeFile(join(folder, project, "use.cts"), COMMON);
    await writeFile(join(folder, project, "nominal.ts"), NOMINAL);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the compiler has to say of some files; nothing is best. */
async function compile(project: "with" | "without", resolution: string, files: string[]): Promise<string> {
  const module = resolution === "bundler" ? ["--module", "esnext"] : ["--module", resolution];
  const options = ["--strict", "--noEmit", "--skipLibCheck", "false", "--target", "es2022"];
  const libraries = ["--lib", "es2022,dom,esnext.disposable"];
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const args = [tsc, ...options, ...libraries, ...module, "--moduleResolution", resolution, ...files];
  return run(process.execPath, args, { cwd: join(folder, project) }).then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  );
}

describe.each(["bundler", "nodenext"])("resolved as by %s", (resolution) => {
  const modules = resolution === "bundler" ? ["use.ts"] : ["use.ts", "use.cts"];

  test("they compile without the official client", async () => {
    expect(await compile("without", resolution, modules)).toBe("");
  });

  test("they compile with it, and asQdrantClient() answers its type", async () => {
    expect(await compile("with", resolution, [...modules, "nominal.ts"])).toBe("");
  });
});

test.each(["index.d.ts", "index.d.cts"])("%s is ready to miss the official client", async (name) => {
  const lines = (await readFile(join(root, "dist", name), "utf8")).split("\n");
  const imports = lines.flatMap((line, index) => (/^import\b/.test(line) ? [index] : []));
  expect(imports).toEqual([1]);
  expect(lines[0]).toMatch(/^\/\/ @ts-ignore\b/);
});
