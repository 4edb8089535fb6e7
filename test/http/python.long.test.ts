/** Qdrant's Python client against the server: skipped, and said so, where there is no Python or no way to its packages. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeEach, expect, test } from "vitest";
import { startServer } from "../../src/cli/server.ts";
import { open } from "../../src/index.ts";

const PACKAGE = "qdrant-client==1.19.1";
const folder = fileURLToPath(new URL(`../../.cache/python/${PACKAGE.replace("==", "-")}`, import.meta.url));
const program = (name: string) => fileURLToPath(new URL(`python/${name}.py`, import.meta.url));

/** Undefined once the client is there, else why it isn't. */
function install(): string | undefined {
  if (existsSync(`${folder}/qdrant_client`)) return undefined;
  const args = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--target",
    folder,
    PACKAGE,
  ];
  try {
    execFileSync("python3", args, { stdio: "pipe", timeout: 120_000 });
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  }
}

beforeEach(({ skip }) => {
  const reason = install();
  if (reason === undefined) return;
  console.log(`The Python client is not to be had, so this was not tested: ${reason}`);
  skip();
});

test.each([
  ["its tour of all methods", "tour", "complete"],
  ["the documents' samples", "documents", "samples"],
])("the Python client passes %s", async (_, name, last) => {
  const client = await open();
  const server = await startServer(client, { host: "127.0.0.1", port: 0 });
  const child = spawn("python3", [program(name), server.url], {
    env: { ...process.env, PYTHONPATH: folder },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
  }
  const code = await new Promise((resolve) => child.once("close", resolve));
  await server.close();
  await client.close();
  expect(code, text).toBe(0);
  expect(text.trim().split("\n").at(-1)).toBe(last);
});
