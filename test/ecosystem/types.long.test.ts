/** The libraries' types take nearvec's client: the compiler reads the tests in this folder, which use it as they are. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { install } from "./installed.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("the programs of this folder have no type errors", () => {
  install();
  const tsc = ["node_modules/typescript/bin/tsc", "--noEmit", "--project", "test/ecosystem"];
  let output = "";
  try {
    execFileSync(process.execPath, tsc, { cwd: root, encoding: "utf8" });
  } catch (error) {
    output = (error as { stdout: string }).stdout || String(error);
  }
  expect(output).toBe("");
});
