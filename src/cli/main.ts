#!/usr/bin/env node
/** `nearvec`: the command line. */

import { type CommandDef, defineCommand, renderUsage, runCommand } from "citty";
import { NEARVEC } from "../client/version.ts";
import { UsageError } from "./arguments.ts";

// Commands differ in their arguments, which is of no concern here.
const COMMANDS: Readonly<Record<string, () => Promise<CommandDef>>> = {
  serve: async () => (await import("./serve.ts")).serve as CommandDef,
  info: async () => (await import("./info.ts")).info as CommandDef,
  import: async () => (await import("./import.ts")).importPoints as CommandDef,
  check: async () => (await import("./check.ts")).check as CommandDef,
  repair: async () => (await import("./check.ts")).repair as CommandDef,
  export: async () => (await import("./export.ts")).exportPoints as CommandDef,
};

const main = defineCommand({
  meta: { name: "nearvec", description: "An embedded vector engine with Qdrant's points API" },
  subCommands: COMMANDS,
});

async function run(rawArgs: string[]): Promise<void> {
  const [name = ""] = rawArgs;
  if (name === "--version") return console.log(NEARVEC);
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined || rawArgs.includes("--help") || rawArgs.includes("-h")) {
    const isAsked = name === "" || name.startsWith("-") || load !== undefined;
    console.log(await (load === undefined ? renderUsage(main) : renderUsage(await load(), main)));
    if (!isAsked) throw new UsageError(`unknown command ${JSON.stringify(name)}`);
    return;
  }
  await runCommand(main, { rawArgs });
}

run(process.argv.slice(2)).catch((error: unknown) => {
  // What the system says, and what callers can mend, needs no stack.
  const isPlain = error instanceof UsageError || (error instanceof Error && "code" in error);
  console.error(isPlain ? `nearvec: ${(error as Error).message}` : error);
  process.exitCode = 1;
});
