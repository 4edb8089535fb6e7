/** `nearvec export`: points of a server's collection into a file. */

import { defineCommand } from "citty";
import type { CountResult, PointRecord, ScrollResult } from "../client/types.ts";
import { write } from "../payload/json.ts";
import { checkArguments, integerArgument, UsageError } from "./arguments.ts";
import { npyHeader } from "./npy.ts";
import { type Output, openOutput } from "./output.ts";
import { progressBar } from "./progress.ts";
import { pathOf, REMOTE_ARGUMENTS, Remote } from "./remote.ts";

const ARGUMENTS = {
  file: {
    type: "positional",
    required: true,
    description: "points.jsonl or vectors.npy, which is replaced; - is standard output",
  },
  collection: { type: "string", required: true, description: "Collection to read" },
  using: { type: "string", description: "Vector to write into an .npy file; default: the unnamed" },
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
    const isNpy = args.file.endsWith(".npy");
    if (!isNpy && args.using !== undefined) throw new UsageError("--using is for .npy files");
    const remote = await Remote.connect(args.url, args["api-key"]);
    const { count } = await remote.call<CountResult>("POST", pathOf(args.collection, "/points/count"), {});
    const output = await openOutput(args.file);
    try {
      const writer = isNpy ? new NpyWriter(output, args.using ?? "") : new LineWriter(output);
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
      await output.end();
      console.error(`${writer.count.toLocaleString("en")} points written to ${args.file}`);
    } catch (error) {
      await output.abandon();
      throw error;
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

const utf8 = new TextEncoder();

/** For some readers there are more ends of lines than LF. */
function lineOf(point: PointRecord): string {
  const text = write(point, "") as string;
  return text.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

class LineWriter {
  readonly hasPayloads = true;
  readonly #output: Output;
  count = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  async write(points: readonly PointRecord[]): Promise<void> {
    await this.#output.write(utf8.encode(points.map((point) => `${lineOf(point)}\n`).join("")));
    this.count += points.length;
  }

  async end(): Promise<void> {}
}

class NpyWriter {
  readonly hasPayloads = false;
  readonly #output: Output;
  readonly #using: string;
  #columns = 0;
  #isBegun = false;
  count = 0;

  constructor(output: Output, using: string) {
    this.#output = output;
    this.#using = using;
  }

  async write(points: readonly PointRecord[]): Promise<void> {
    const rows = points.map((point) => this.#row(point));
    this.#columns = rows[0]?.length ?? this.#columns;
    await this.#begin();
    const floats = new Float32Array(rows.length * this.#columns);
    for (const [i, row] of rows.entries()) floats.set(row, i * this.#columns);
    await this.#output.write(new Uint8Array(floats.buffer));
    this.count += rows.length;
  }

  /** Points may have come and gone meanwhile: how many there are is known now. */
  async end(): Promise<void> {
    await this.#output.overwriteStart(npyHeader(this.count, this.#columns));
  }

  /** Takes the header's place. */
  async #begin(): Promise<void> {
    if (this.#isBegun) return;
    this.#isBegun = true;
    await this.#output.write(npyHeader(0, 0));
  }

  #row({ id, vector }: PointRecord): readonly number[] {
    const named = this.#using === "" ? vector : (vector as Readonly<Record<string, unknown>>)?.[this.#using];
    if (Array.isArray(named) && typeof named[0] === "number") return named as number[];
    const which = this.#using === "" ? "unnamed dense vector; see --using" : `dense vector ${this.#using}`;
    throw new UsageError(`the point ${id} has no ${which}`);
  }
}
