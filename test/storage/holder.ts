/**
 * A process that opens stores as it is told, a command a line: `open FOLDER COUNT` (at once; answers with what became of
 * each), `close` (all), `churn FOLDER MS` (opens and closes for so long, and answers how often it was the owner, and how
 * often it found that another was at the same time).
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { NearvecError } from "../../src/errors.ts";
import { openFiles } from "../../src/storage/files.ts";
import type { Storage } from "../../src/storage/storage.ts";

const stores: Storage[] = [];

async function open(folder: string): Promise<string> {
  try {
    stores.push(await openFiles(folder));
    return "owner";
  } catch (error) {
    return error instanceof NearvecError && error.code === "LOCKED" ? error.code : String(error);
  }
}

async function close(): Promise<void> {
  await Promise.all(stores.splice(0).map((store) => store.close()));
}

async function churn(folder: string, ms: number): Promise<string> {
  const marker = join(folder, "marker");
  const others: string[] = [];
  let owned = 0;
  for (const end = Date.now() + ms; Date.now() < end; ) {
    const became = await open(folder);
    if (became !== "owner") {
      if (became !== "LOCKED") others.push(became);
      continue;
    }
    owned++;
    const token = `${process.pid} ${owned}`;
    await writeFile(marker, token);
    await new Promise((resolve) => setTimeout(resolve, owned % 3));
    const found = await readFile(marker, "utf8");
    if (found !== token) others.push(found);
    await close();
  }
  return JSON.stringify({ owned, others });
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, folder = "", number = "1"] = line.split("\t");
  if (command === "open") {
    const became = await Promise.all(Array.from({ length: Number(number) }, () => open(folder)));
    console.log(became.join(" "));
  } else if (command === "churn") {
    console.log(await churn(folder, Number(number)));
  } else {
    await close();
    console.log("closed");
  }
}
