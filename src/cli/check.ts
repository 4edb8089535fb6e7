/** `nearvec check` and `nearvec repair --dry-run`: what is wrong with a store, and what could be saved. */

import { defineCommand } from "citty";
import { type CheckedStore, checkStore } from "../client/check-store.ts";
import { checkArguments, UsageError } from "./arguments.ts";

const PATH_ARGUMENT = {
  path: { type: "positional", description: "The folder of the store", required: true },
} as const;

export const check = defineCommand({
  meta: { name: "check", description: "Read all that a folder keeps, and say what is damaged" },
  args: PATH_ARGUMENT,
  async run({ args }) {
    checkArguments(args, PATH_ARGUMENT);
    const store = await checkStore(args.path);
    report(store);
    if (!isWhole(store)) process.exitCode = 1;
  },
});

const REPAIR_ARGUMENTS = {
  ...PATH_ARGUMENT,
  "dry-run": { type: "boolean", description: "Only say what could be saved (needed so far)" },
} as const;

export const repair = defineCommand({
  meta: { name: "repair", description: "Say what of a damaged store could be saved" },
  args: REPAIR_ARGUMENTS,
  async run({ args }) {
    checkArguments(args, REPAIR_ARGUMENTS);
    if (args["dry-run"] !== true) {
      throw new UsageError(
        "this release repairs nothing by itself: `nearvec repair --dry-run` says what could be saved",
      );
    }
    const store = await checkStore(args.path);
    for (const line of advice(store)) console.log(line);
    if (!isWhole(store)) process.exitCode = 1;
  },
});

function isWhole({ findings, collections, snapshots }: CheckedStore): boolean {
  return [{ findings }, ...collections, ...snapshots].every(isSound);
}

function isSound({ findings }: Pick<CheckedStore, "findings">): boolean {
  return findings.every(({ kind }) => kind === "note");
}

function report(store: CheckedStore): void {
  const { files, bytes, collections, snapshots, findings } = store;
  const say = (list: CheckedStore["findings"]) => {
    for (const { kind, file, at, what } of list) console.log(`  ${kind}: ${file} at byte ${at}: ${what}`);
  };
  console.log(`${files} files, ${bytes.toLocaleString("en")} bytes read`);
  say(findings);
  for (const { name, operations, findings } of collections) {
    const log = operations === 0 ? "" : `, ${operations.toLocaleString("en")} operations in its log`;
    console.log(`collection ${JSON.stringify(name)}: ${isSound({ findings }) ? "sound" : "DAMAGED"}${log}`);
    say(findings);
  }
  for (const { file, isHalf, findings } of snapshots) {
    const half = "no whole snapshot (it was cut off, or is being made), and not listed";
    console.log(`${file}: ${isHalf ? half : isSound({ findings }) ? "sound" : "DAMAGED"}`);
    say(findings);
  }
  console.log(
    isWhole(store) ? "all is sound" : "there is damage: `nearvec repair --dry-run` says what could be saved",
  );
}

function advice(store: CheckedStore): string[] {
  if (isWhole(store)) return ["all is sound: there is nothing to repair"];
  const lines: string[] = [];
  if (!isSound(store)) {
    lines.push(
      "The catalog can't be read: the collections' names and aliases are lost, their data may not be.",
      "Copy the folder, and recover the collections from snapshots, or ask for help with the copy.",
    );
  }
  for (const { name, folder, operations, findings } of store.collections) {
    const damage = findings.filter(({ kind }) => kind === "damage");
    const [first] = damage;
    if (first === undefined) {
      lines.push(`collection ${JSON.stringify(name)}: sound, nothing would be lost`);
      continue;
    }
    const isLog = damage.every(({ file }) => file.includes("/log-"));
    const snapshots = store.snapshots.filter(
      (snapshot) =>
        isSound(snapshot) &&
        !snapshot.isHalf &&
        (snapshot.file.split("/").length === 2 || snapshot.file.includes(`/${name}-`)),
    );
    lines.push(
      `collection ${JSON.stringify(name)} (${folder}): ${damage.length} damaged places, the first in ${first.file} at byte ${first.at}`,
    );
    lines.push(
      isLog
        ? `  could be saved: all of its last checkpoint, and the first ${operations} operations of its log; what came after would be lost`
        : "  its last checkpoint is damaged: what could be saved is what a snapshot or a copy of the folder has",
      snapshots.length === 0
        ? "  no snapshot in this folder has it"
        : `  snapshots that may have it: ${snapshots.map(({ file }) => file).join(", ")}`,
    );
  }
  for (const snapshot of store.snapshots) {
    if (!isSound(snapshot)) lines.push(`${snapshot.file}: damaged, and no use; delete it`);
  }
  return lines;
}
