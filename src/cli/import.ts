/** `nearvec import`: points from a file into a server's collection. */

import { type FileHandle, open } from "node:fs/promises";
import { defineCommand } from "citty";
import { checkArguments, integerArgument, UsageError } from "./arguments.ts";
import { type Line, linesOf } from "./lines.ts";
import { floatsOf, MOST_HEADER, parseNpy } from "./npy.ts";
import { type Progress, progressBar } from "./progress.ts";
import { pathOf, REMOTE_ARGUMENTS, Remote } from "./remote.ts";

const ARGUMENTS = {
  file: {
    type: "positional",
    required: true,
    description: "points.jsonl or vectors.npy; - is standard input, with lines of JSON",
  },
  collection: { type: "string", required: true, description: "Collection to store the points in" },
  distance: {
    type: "string",
    description: "Create the collection, if it isn't there, with Cosine, Dot, Euclid or Manhattan",
  },
  batch: { type: "string", default: "1000", description: "Points in a request" },
  "first-id": { type: "string", description: "Id of the first vector of an .npy file; default: 0" },
  ...REMOTE_ARGUMENTS,
} as const;

/** Bodies stay below what servers take. */
const MOST_BODY = 8 * 1024 * 1024;

export const importPoints = defineCommand({
  meta: {
    name: "import",
    description:
      'Store points from a file: .jsonl has one {"id": …, "vector": …, "payload": …} a line, .npy a table of vectors',
  },
  args: ARGUMENTS,
  async run({ args }) {
    checkArguments(args, ARGUMENTS);
    const batch = integerArgument(args.batch, "batch", 1, 100_000);
    const first = integerArgument(args["first-id"] ?? "0", "first-id", 0, Number.MAX_SAFE_INTEGER);
    const isNpy = args.file.endsWith(".npy");
    if (!isNpy && args["first-id"] !== undefined) throw new UsageError("--first-id is for .npy files");
    const remote = await Remote.connect(args.url, args["api-key"]);
    const target = new Target(remote, args.collection, args.distance);
    if (args.file === "-") await importLines(process.stdin, target, batch, progressBar(0));
    else {
      const file = await open(args.file);
      try {
        const { size } = await file.stat();
        const progress = progressBar(size);
        if (isNpy) await importNpy(file, size, target, batch, first, progress);
        else await importLines(file.createReadStream({ autoClose: false }), target, batch, progress);
      } finally {
        await file.close();
      }
    }
    console.error(`${target.stored.toLocaleString("en")} points stored in ${args.collection}`);
  },
});

/** The collection that points go to. */
class Target {
  stored = 0;
  readonly #remote: Remote;
  readonly #collection: string;
  readonly #distance: string | undefined;
  #isThere = false;

  constructor(remote: Remote, collection: string, distance: string | undefined) {
    this.#remote = remote;
    this.#collection = collection;
    this.#distance = distance;
  }

  /** Stores points that are JSON already: numbers stay what they are, to the digit. */
  async store(points: readonly string[]): Promise<void> {
    if (points.length === 0) return;
    if (!this.#isThere) await this.#create(points[0] as string);
    const path = pathOf(this.#collection, "/points?wait=true");
    await this.#remote.call("PUT", path, `{"points":[${points.join()}]}`);
    this.stored += points.length;
  }

  async #create(point: string): Promise<void> {
    const { exists } = await this.#remote.call<{ exists: boolean }>(
      "GET",
      pathOf(this.#collection, "/exists"),
    );
    if (!exists) {
      if (this.#distance === undefined) {
        throw new UsageError(`there is no collection ${this.#collection}; --distance creates it`);
      }
      const { vector } = JSON.parse(point) as { vector?: unknown };
      if (!Array.isArray(vector) || typeof vector[0] !== "number") {
        throw new UsageError("only for one dense vector per point can a collection be created here");
      }
      const vectors = { size: vector.length, distance: this.#distance };
      await this.#remote.call("PUT", pathOf(this.#collection), { vectors });
    }
    this.#isThere = true;
  }
}

async function importLines(
  chunks: AsyncIterable<Uint8Array>,
  target: Target,
  batch: number,
  progress: Progress,
): Promise<void> {
  let lines: Line[] = [];
  let length = 0;
  let read = 0;
  const store = async () => {
    try {
      await target.store(lines.map(({ text }) => text));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(`${rangeOf(lines)}: ${error.message}`);
    }
    progress.update(read, target.stored);
    lines = [];
    length = 0;
  };
  try {
    for await (const line of linesOf(chunks)) {
      read += line.bytes;
      if (line.text.trim() === "") continue;
      checkLine(line);
      if (length + line.bytes > MOST_BODY) await store();
      lines.push(line);
      length += line.bytes;
      if (lines.length === batch) await store();
    }
    await store();
  } finally {
    progress.stop();
  }
}

function rangeOf(lines: readonly Line[]): string {
  const [first, last] = [lines[0]?.number, lines.at(-1)?.number];
  return first === last ? `line ${first}` : `lines ${first} to ${last}`;
}

/** A line that holds more or less than one object would make something else of its neighbours. */
function checkLine({ number, text }: Line): void {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return;
  } catch {}
  throw new UsageError(`line ${number} is no JSON object: ${text.slice(0, 60)}`);
}

async function importNpy(
  file: FileHandle,
  size: number,
  target: Target,
  batch: number,
  first: number,
  progress: Progress,
): Promise<void> {
  try {
    const head = new Uint8Array(MOST_HEADER);
    const { bytesRead } = await file.read(head, 0, MOST_HEADER, 0);
    const { rows, columns, start, width } = parseNpy(head.subarray(0, bytesRead));
    const rowBytes = columns * width;
    if (start + rows * rowBytes > size) throw new UsageError(`the file ends before row ${rows}`);
    const most = Math.max(1, Math.min(batch, Math.floor(MOST_BODY / (columns * 24))));
    for (let row = 0; row < rows; row += most) {
      const count = Math.min(most, rows - row);
      const bytes = new Uint8Array(count * rowBytes);
      const from = start + row * rowBytes;
      await readFully(file, bytes, from);
      const floats = floatsOf(bytes, width);
      const points = Array.from({ length: count }, (_, i) => {
        const vector = Array.from(floats.subarray(i * columns, (i + 1) * columns));
        return JSON.stringify({ id: first + row + i, vector });
      });
      await target.store(points);
      progress.update(from + bytes.length, target.stored);
    }
  } finally {
    progress.stop();
  }
}

/** One read may bring less than there is. */
async function readFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, position + at);
    if (bytesRead === 0) throw new UsageError("the file became shorter while it was read");
    at += bytesRead;
  }
}
