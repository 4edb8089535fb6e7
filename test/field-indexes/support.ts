import { Background, SLICE_MS } from "../../src/collection/background.ts";
import { FieldIndexes } from "../../src/field-indexes/field-indexes.ts";
import { parseFieldParams } from "../../src/field-indexes/params.ts";
import { prepareTextIndex } from "../../src/field-indexes/text-on-demand.ts";
import { matches } from "../../src/filters/evaluate.ts";
import type { Filter } from "../../src/filters/filter.ts";
import { decode } from "../../src/payload/json.ts";
import { parsePath } from "../../src/payload/path.ts";
import type { PointId } from "../../src/points/ids.ts";
import { Ticking } from "../collection/support.ts";

const utf8 = new TextEncoder();

interface Stored {
  readonly id: PointId;
  readonly vectors: readonly string[];
  readonly bytes: Uint8Array | undefined;
}

/** Points with indexes of their payloads, without a collection around them. */
export class IndexedPoints {
  readonly puppet = new Ticking();
  readonly points = new Map<number, Stored>();
  readonly indexes: FieldIndexes;
  readonly #background = new Background(this.puppet);
  end = 0;

  constructor() {
    const payloads = { end: () => this.end, bytesAt: (offset: number) => this.points.get(offset)?.bytes };
    this.indexes = new FieldIndexes(payloads, this.#background, this.puppet.now);
  }

  /** @param json undefined: no payload */
  put(offset: number, json: string | undefined, id: PointId = offset, vectors: readonly string[] = []): void {
    const bytes = json === undefined ? undefined : utf8.encode(json);
    this.indexes.payloadChanges(offset, this.points.get(offset)?.bytes, bytes);
    this.points.set(offset, { id, vectors, bytes });
    this.end = Math.max(this.end, offset + 1);
  }

  delete(offset: number): void {
    this.indexes.payloadChanges(offset, this.points.get(offset)?.bytes, undefined);
    this.points.delete(offset);
  }

  async create(path: string, params: unknown): Promise<void> {
    const parsed = parseFieldParams(params, "field_schema");
    if (parsed.type === "text") await prepareTextIndex(parsed);
    // There is always a little time for a first slice: small indexes are complete, larger ones are met half built.
    this.#background.spent = SLICE_MS - 2;
    this.indexes.create(parsePath(path, "field_name"), parsed);
  }

  /** Lets the turns pass until all indexes are built. */
  settle(): void {
    while (this.puppet.tasks.length > 0) this.puppet.tasks.shift()?.task();
  }

  get live(): Uint32Array {
    const live = new Uint32Array(Math.ceil(this.end / 32));
    for (const offset of this.points.keys())
      live[offset >>> 5] = (live[offset >>> 5] as number) | (1 << (offset & 31));
    return live;
  }

  /** The offsets that surely meet a filter, and those that may. */
  answer(filter: Filter): { sure: number[]; maybe: number[] } | undefined {
    const answer = this.indexes.candidates(this.indexes.bind(filter), {
      live: this.live,
      count: this.points.size,
      offsetOf: (id) => [...this.points].find(([, point]) => point.id === id)?.[0] ?? -1,
      vectorCount: (name) => [...this.points.values()].filter(({ vectors }) => vectors.includes(name)).length,
    });
    if (answer === undefined) return undefined;
    const maybe = answer.settle();
    return { sure: offsetsOf(answer.sure), maybe: maybe === undefined ? [] : offsetsOf(maybe) };
  }

  count(filter: Filter): number | undefined {
    return this.indexes.countAtHand(this.indexes.bind(filter), this.points.size);
  }

  /** The offsets of the points that meet a filter when their payloads are asked. */
  asked(filter: Filter): number[] {
    const bound = this.indexes.bind(filter);
    return [...this.points]
      .filter(([, { id, bytes, vectors }]) =>
        matches(bound, {
          id,
          payload: () => bytes && decode(bytes),
          hasVector: (name) => vectors.includes(name),
        }),
      )
      .map(([offset]) => offset)
      .sort((a, b) => a - b);
  }
}

export function offsetsOf(bitmap: Uint32Array): number[] {
  const offsets: number[] = [];
  bitmap.forEach((word, at) => {
    for (let bit = 0; bit < 32; bit++) if ((word >>> bit) & 1) offsets.push(at * 32 + bit);
  });
  return offsets;
}
