/** The examples, run as a visitor runs them: against the built package. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { nearestSpellings } from "./spelling.mjs";

const run = promisify(execFile);

test("the README's example prints what it says", async () => {
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const code = /```js\n(.*?)```/s.exec(readme)?.[1] ?? "";
  const promised = [...code.matchAll(/^\/\/ (.*)$/gm)].map((comment) => comment[1]);
  expect(promised.length).toBeGreaterThan(0);
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", code], { cwd: root });
  expect(stdout.trim().split("\n")).toEqual(promised);
});

test("quickstart.ts shows a little more", async () => {
  const file = fileURLToPath(new URL("quickstart.ts", import.meta.url));
  const { stdout } = await run(process.execPath, ["--no-warnings", file]);
  expect(stdout.trim().split("\n")).toEqual([
    "orange 25",
    "gold 68",
    "red 151",
    "like indigo: blue",
    "red, orange, gold, green … next: 5",
  ]);
});

test("a misspelt word gets the nearest spellings, frequent ones first", () => {
  expect(nearestSpellings("cofee", ["tea", "coffee", "covet", "coffees"], 2)).toEqual(["coffee", "covet"]);
  expect(nearestSpellings("xyzzyx", ["tea", "coffee"], 5)).toEqual([]);
});
