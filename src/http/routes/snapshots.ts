/** Routes about snapshots: of collections, of all there is, and of the one shard that a collection has. */

import type {
  SnapshotBytes,
  SnapshotFile,
  SnapshotRecover,
  UploadOptions,
} from "../../client/snapshot-types.ts";
import { isNearvecError } from "../error-response.ts";
import { snapshotParameters } from "../parameters.ts";
import { formatError, Refusal } from "../refusal.ts";
import { Accepted, type Call, Download, type Route } from "../route.ts";

const ONE = "/collections/:collection/snapshots";
const SHARD = "/collections/:collection/shards/:shard/snapshots";

/** Reading includes downloading, as it does on a server: whoever may read all points has them anyway. */
export const SNAPSHOTS: readonly Route[] = [
  { verb: "GET", path: "/snapshots", access: "read", answer: ({ client }) => client.listFullSnapshots() },
  {
    verb: "POST",
    path: "/snapshots",
    access: "write",
    isSimple: true,
    answer: (call) => awaited(call, () => call.client.createFullSnapshot()),
  },
  {
    verb: "GET",
    path: "/snapshots/:snapshot",
    access: "read",
    answer: async ({ client, param }) => download(await client.downloadFullSnapshot(param("snapshot"))),
  },
  {
    verb: "DELETE",
    path: "/snapshots/:snapshot",
    access: "write",
    answer: (call) => awaited(call, () => call.client.deleteFullSnapshot(call.param("snapshot"))),
  },
  ...ofCollection(ONE),
  ...ofCollection(SHARD),
  {
    verb: "GET",
    path: "/collections/:collection/shards/:shard/snapshot",
    // It makes one.
    access: "write",
    isSimple: true,
    answer: passing,
  },
];

function ofCollection(path: string): Route[] {
  return [
    { verb: "GET", path, access: "read", answer: (call) => call.client.listSnapshots(nameIn(call)) },
    {
      verb: "POST",
      path,
      access: "write",
      isSimple: true,
      answer: (call) => {
        const name = nameIn(call);
        return awaited(call, () => call.client.createSnapshot(name));
      },
    },
    { verb: "POST", path: `${path}/upload`, access: "write", isSimple: true, answer: upload },
    { verb: "PUT", path: `${path}/recover`, access: "write", answer: recover },
    {
      verb: "GET",
      path: `${path}/:snapshot`,
      access: "read",
      answer: async (call) =>
        download(await call.client.downloadSnapshot(nameIn(call), call.param("snapshot"))),
    },
    {
      verb: "DELETE",
      path: `${path}/:snapshot`,
      access: "write",
      answer: (call) => {
        const name = nameIn(call);
        return awaited(call, () => call.client.deleteSnapshot(name, call.param("snapshot")));
      },
    },
  ];
}

/** The collection. @throws {Refusal} 404 for another shard than the one there is */
function nameIn({ param }: Call): string {
  const shard = param("shard");
  if (!/^\d*$/.test(shard)) {
    throw formatError("path parameters", `can not parse ${JSON.stringify(shard)} to a u32`);
  }
  if (Number(shard) !== 0) throw new Refusal(404, `Not found: Shard ${shard} not found`);
  return param("collection");
}

/** What the work comes to, if the request waits for that: in the words of an answer, then. */
async function awaited<T>(
  call: Call,
  work: () => Promise<T>,
  worded = (result: Promise<T>) => result,
): Promise<T | Accepted> {
  if (snapshotParameters(call.query).wait) return worded(work());
  work().catch(call.report);
  return new Accepted();
}

async function recover(call: Call): Promise<boolean | Accepted> {
  const name = nameIn(call);
  const request = (await call.body()) as unknown as SnapshotRecover;
  return awaited(call, () => call.client.recoverSnapshot(name, request), inServersWords);
}

async function upload(call: Call): Promise<boolean | Accepted> {
  const name = nameIn(call);
  const { wait, checksum, priority } = snapshotParameters(call.query);
  const { stream, received } = await call.file("snapshot");
  const options = { checksum, priority } as UploadOptions;
  const work = call.client.uploadSnapshot(name, stream as SnapshotBytes, options);
  if (wait) return inServersWords(work);
  // All of it has to be here before there is an answer.
  await inServersWords<unknown>(Promise.race([received, work]));
  work.catch(call.report);
  return new Accepted();
}

/** What is wrong with the snapshot is wrong with the request; the store is as it was. */
async function inServersWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isNearvecError(error)) throw error;
    const { code, message, details } = error;
    if (code === "DAMAGED") throw new Refusal(400, `Bad request: ${message}`);
    if (code !== "SNAPSHOT_NOT_FOUND") throw error;
    throw new Refusal(
      400,
      `Bad request: Snapshot file ${JSON.stringify(details.subject?.snapshot)} does not exist`,
    );
  }
}

function download(file: SnapshotFile): Download {
  return new Download(file.stream(), file.size, file.name);
}

/** A new snapshot, which is gone when it has been read, or nobody reads on. */
async function passing(call: Call): Promise<Download> {
  const name = nameIn(call);
  const { client, report } = call;
  const made = await client.createSnapshot(name);
  const remove = () => client.deleteSnapshot(name, made.name).then(() => undefined, report);
  const file = await client.downloadSnapshot(name, made.name).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  const reader = file.stream().getReader();
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value } = await reader.read().catch(async (error: unknown) => {
          await remove();
          throw error;
        });
        if (value !== undefined) return controller.enqueue(value);
        await remove();
        controller.close();
      },
      async cancel(reason) {
        await reader.cancel(reason);
        await remove();
      },
    },
    { highWaterMark: 0 },
  );
  return new Download(stream, file.size, file.name);
}
