/** `nearvec serve`: Qdrant's REST API on a socket. */

import { defineCommand } from "citty";
import { checkArguments, integerArgument, keyArgument, UsageError } from "./arguments.ts";
import { startServer } from "./server.ts";
import { closeWithin, openStore, storeArguments, whereabouts } from "./store.ts";

/** The text of a body must fit into a string, which has less than 512 MB. */
const MOST_BODY_MB = 511;
/** 16 TiB: no disk of one machine holds more. */
const MOST_SNAPSHOT_MB = 16 * 1024 ** 2;
/** From the first signal to the end. Who stops processes gives them 5 s at least. */
const ENDING_MS = 4700;

const ARGUMENTS = {
  host: { type: "string", default: "127.0.0.1", description: "Address to listen at; 0.0.0.0 for all" },
  port: { type: "string", default: "6333", description: "Port; 0 for any that is free" },
  path: {
    type: "string",
    description: "Folder to keep data in, made if it isn't there; default: none is kept",
  },
  sync: {
    type: "string",
    description:
      "What an answered write survives: always (default): loss of power; interval, never: the process's end (see README)",
  },
  "api-key": { type: "string", description: "Key that callers must send (or NEARVEC_API_KEY)" },
  "read-only-api-key": {
    type: "string",
    description: "Key for callers that may only read (or NEARVEC_READ_ONLY_API_KEY)",
  },
  "max-body-mb": {
    type: "string",
    default: "32",
    description: "Largest body of a request, in MB; at most 511",
  },
  "max-snapshot-mb": {
    type: "string",
    default: "65536",
    description: "Largest snapshot that may be uploaded, in MB",
  },
  timeout: { type: "string", default: "60", description: "Seconds after which a request is given up" },
  cors: {
    type: "string",
    description: "Origins that browsers may call from, with commas between; * for all",
  },
} as const;

export const serve = defineCommand({
  meta: { name: "serve", description: "Serve Qdrant's REST API" },
  args: ARGUMENTS,
  async run({ args }) {
    checkArguments(args, ARGUMENTS);
    if (args.host === "") throw new UsageError("--host is empty; 0.0.0.0 listens at all addresses");
    const apiKey = keyArgument(args["api-key"], "api-key");
    const readOnlyApiKey = keyArgument(args["read-only-api-key"], "read-only-api-key");
    const options = {
      host: args.host,
      port: integerArgument(args.port, "port", 0, 65_535),
      maxBodyBytes: integerArgument(args["max-body-mb"], "max-body-mb", 1, MOST_BODY_MB) * 1024 * 1024,
      maxSnapshotBytes:
        integerArgument(args["max-snapshot-mb"], "max-snapshot-mb", 1, MOST_SNAPSHOT_MB) * 1024 * 1024,
      timeout: integerArgument(args.timeout, "timeout", 1, 86_400),
      ...(apiKey !== undefined && { apiKey }),
      ...(readOnlyApiKey !== undefined && { readOnlyApiKey }),
      ...(args.cors !== undefined && { cors: originsOf(args.cors) }),
    };
    const storeOptions = storeArguments(args.path, args.sync);
    const hasKey = apiKey !== undefined || readOnlyApiKey !== undefined;
    if (!hasKey && !isLoopback(args.host)) warnOfOpenDoor(args.host);
    const began = performance.now();
    const client = await openStore(storeOptions);
    const took = performance.now() - began;
    const server = await startServer(client, options).catch(async (error: unknown) => {
      await client.close();
      throw error;
    });
    closeOnSignal(async () => {
      const deadline = performance.now() + ENDING_MS;
      await server.close();
      if (await closeWithin(client, deadline - performance.now())) return;
      console.log("There was no time for a last checkpoint: the next start reads the log instead.");
    });
    console.log(`nearvec listens at ${server.url}${hasKey ? ", with keys" : ""}`);
    console.log(whereabouts(client, took));
  },
});

function originsOf(list: string): string | string[] {
  const origins = list.split(",").map((origin) => origin.trim());
  if (origins.includes("")) throw new UsageError("--cors: an origin is empty");
  return list === "*" ? list : origins;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

function warnOfOpenDoor(host: string): void {
  console.error(`
WARNING: whoever reaches ${host} may read, change and delete everything: there is no --api-key.
`);
}

/** The first signal ends the process in good order, the second one at once. */
function closeOnSignal(close: () => Promise<void>): void {
  let isClosing = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (isClosing) process.exit(1);
    isClosing = true;
    console.log(`${signal}: finishing what is under way`);
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}
