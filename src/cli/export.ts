/** `nearvec export`: points of a server's collection into a file. */

import { type FileHandle, open } from "node:fs/promises";
import { defineCommand } from "citty";
import type { CountResult, PointRecord, ScrollResult } from "../client/types.ts";
import { write } from "../payload/json.ts";
import { checkArguments, integerArgument, UsageError } from "./arguments.ts";
import { npyHeader } from "./npy.ts";
import { progressBar } from "./progress.ts";
import { pathOf, REMOTE_ARGUMENTS, Remote } from "./remote.ts";

const ARGUMENTS = {
  file: { type: "positional", required: true, description: "points.jsonl or vectors.npy; it is replaced" },
  collection: { type: "string", required: true, description: "Collection to read" },
  using: {
    type: "string",
    default: "",
    description: "Vector to write into an .npy file; default: the unnamed",
  },
  batch: { type: "string", default: "1000", description: "Points in a request" },
  ...REMOTE_ARGUMENTS,
} as const;

export const exportPoints = defineCommand({
  meta: {
    name: "export",
    description:
      'Write points into a file, in the order of their ids: .jsonl gets one {"id": …, "payload": …, "vector": …} a line, .npy the vectors alone',
  },
  args: ARGUMENTS,
  async run({ args }) {
    checkArguments(args, ARGUMENTS);
    const batch = integerArgument(args.batch, "batch", 1, 100_000);
    const remote = new Remote(args.url, args["api-key"]);
    const { count } = await remote.call<CountResult>("POST", pathOf(args.collection, "/points/count"), {});
    const file = await open(args.file, "w");
    try {
      const writer = args.file.endsWith(".npy") ? new NpyWriter(file, args.using) : new LineWriter(file);
      const progress = progressBar(count);
      try {
        for await (const points of pages(remote, args.collection, batch, writer.hasPayloads)) {
          await writer.write(points);
          progress.update(writer.count, writer.count);
        }
      } finally {
        progress.stop();
      }
      await writer.end();
      console.log(`${writer.count.toLocaleString("en")} points written to ${args.file}`);
    } finally {
      await file.close();
    }
  },
});

async function* pages(
  remote: Remote,
  collection: string,
  limit: number,
  with_payload: boolean,
): AsyncGenerator<readonly PointRecord[]> {
  let offset: ScrollResult["next_page_offset"] | undefined;
  do {
    const request = { limit, with_payload, with_vector: true, ...(offset !== undefined && { offset }) };
    // Ids may be beyond what numbers hold.
    const body = write(request, "") as string;
    const page = await remote.call<ScrollResult>("POST", pathOf(collection, "/points/scroll"), body);
    yield page.points;
    offset = page.next_page_offset;
  } while (offset !== null);
}

class LineWriter {
  readonly hasPayloads = true;
  readonly #file: FileHandle;
  count = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async write(points: readonly PointRecord[]): Promise<void> {
    await this.#file.write(points.map((point) => `${write(point, "")}\n`).join(""));
    this.count += points.length;
  }

  async end(): Promise<void> {}
}

class NpyWriter {
  readonly hasPayloads = false;
  readonly #file: FileHandle;
  readonly #using: string;
  #columns = 0;
  count = 0;

  constructor(file: FileHandle, using: string) {
    this.#file = file;
    this.#using = using;
  }

  async write(points: readonly PointRecord[]): Promise<void> {
    const rows = points.map((point) => this.#row(point));
    this.#columns = rows[0]?.length ?? this.#columns;
    if (this.count === 0) await this.#file.write(npyHeader(0, this.#columns));
    const floats = new Float32Array(rows.length * this.#columns);
    for (const [i, row] of rows.entries()) floats.set(row, i * this.#columns);
    await this.#file.write(new Uint8Array(floats.buffer));
    this.count += rows.length;
  }

  /** Points may have come and gone meanwhile: how many there are is known now. */
  async end(): Promise<void> {
    await this.#file.write(npyHeader(this.count, this.#columns), 0, null, 0);
  }

  #row({ id, vector }: PointRecord): readonly number[] {
    const named = this.#using === "" ? vector : (vector as Readonly<Record<string, unknown>>)?.[this.#using];
    if (Array.isArray(named) && typeof named[0] === "number") return named as number[];
    const which = this.#using === "" ? "unnamed dense vector; see --using" : `dense vector ${this.#using}`;
    throw new UsageError(`the point ${id} has no ${which}`);
  }
}
