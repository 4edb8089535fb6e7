import { Background, SLICE_MS } from "../../src/collection/background.ts";
import { FieldIndexes } from "../../src/field-indexes/field-indexes.ts";
import type { IndexedField } from "../../src/field-indexes/indexed-field.ts";
import { parseFieldParams } from "../../src/field-indexes/params.ts";
import { beginRestoring, persistentFields } from "../../src/field-indexes/persistence/index.ts";
import { prepareTextIndex } from "../../src/field-indexes/text-on-demand.ts";
import { parseFilter } from "../../src/filters/parse.ts";
import type { CheckpointPart } from "../../src/journal/checkpoint-file.ts";
import type { Capture, Persistent, Piece } from "../../src/journal/sections.ts";
import { parsePath } from "../../src/payload/path.ts";
import { Journalled, Pieces } from "../collection/persistence/support.ts";
import { Ticking } from "../collection/support.ts";
import { offsetsOf } from "./support.ts";

type Definitions = readonly (readonly [field: string, schema: unknown])[];

/** What one checkpoint's file holds. */
export interface File {
  readonly sequence: number;
  readonly definitions: Definitions;
  readonly parts: readonly (CheckpointPart & { readonly pieces: readonly Piece[] })[];
}

/** A checkpoint that is being written. */
export class UnderWay {
  readonly #sequence: number;
  readonly #definitions: Definitions;
  readonly #captures: { name: string; capture: Capture; pieces: Pieces; hasMore: boolean }[];

  constructor(of: Indexed, full: boolean) {
    this.#sequence = of.stored.points.sequence;
    this.#definitions = JSON.parse(JSON.stringify(of.indexes.definitions));
    this.#captures = Array.from(of.parts(), ([name, part]) => {
      return { name, capture: part.capture(full), pieces: new Pieces(), hasMore: true };
    });
  }

  /** Answers whether there is more. */
  write(bytes: number): boolean {
    const next = this.#captures.find(({ hasMore }) => hasMore);
    // What is of interest here are the indexes.
    const least = next?.name === "points" ? 1 << 20 : bytes;
    if (next !== undefined) next.hasMore = next.capture.write(next.pieces.sink, least);
    return this.#captures.some(({ hasMore }) => hasMore);
  }

  /** Of a part, so far. */
  pieces(part: string): readonly Piece[] {
    return this.#captures.find(({ name }) => name === part)?.pieces.all ?? [];
  }

  /** Answers the file, all written. */
  end(): File {
    while (this.write(1 << 20));
    for (const { capture } of this.#captures) capture.end(true);
    const parts = this.#captures.map(({ name, capture, pieces }) => {
      return { name, full: capture.full, pieces: pieces.all };
    });
    return { sequence: this.#sequence, definitions: this.#definitions, parts };
  }

  abandon(): void {
    for (const { capture } of this.#captures) capture.end(false);
  }
}

/** Points with indexes of their payloads, all of which checkpoints hold. */
export class Indexed {
  readonly stored: Journalled;
  readonly puppet = new Ticking();
  readonly indexes: FieldIndexes;
  readonly #background = new Background(this.puppet);

  constructor(stored = new Journalled()) {
    this.stored = stored;
    const { points } = stored;
    const payloads = {
      end: () => points.ids.end,
      bytesAt: (offset: number) => points.payloads.getBytes(offset),
    };
    this.indexes = new FieldIndexes(payloads, this.#background, this.puppet.now);
    points.fields = this.indexes;
  }

  async create(field: string, schema: unknown): Promise<void> {
    const params = parseFieldParams(schema, "field_schema");
    if (params.type === "text") await prepareTextIndex(params);
    // There is always a little time for a first slice: small indexes are complete, larger ones are met half built.
    this.#background.spent = SLICE_MS - 2;
    this.indexes.create(parsePath(field, "field_name"), params);
  }

  drop(field: string): void {
    this.indexes.drop(parsePath(field, "field_name"));
  }

  turn(): void {
    this.puppet.tasks.shift()?.task();
  }

  settle(): void {
    while (this.puppet.tasks.length > 0) this.turn();
  }

  parts(): Map<string, Persistent> {
    const parts = new Map<string, Persistent>([["points", this.stored.persistent]]);
    for (const [name, part] of persistentFields(this.indexes)) parts.set(`index:${name}`, part);
    return parts;
  }

  complete(field: string): IndexedField | undefined {
    return this.indexes.complete(parsePath(field, "field_name"));
  }

  /** As restore.ts does it. */
  static async restored(chain: readonly File[]): Promise<Indexed> {
    const made = new Indexed();
    const newest = chain.at(-1) as File;
    for (const [field, schema] of newest.definitions) await made.create(field, schema);
    beginRestoring(made.indexes);
    const parts = made.parts();
    for (const [i, file] of chain.entries()) {
      for (const { name, pieces } of file.parts) {
        const isReplaced = chain
          .slice(i + 1)
          .some((later) => later.parts.find((part) => part.name === name)?.full !== false);
        if (!isReplaced) for (const piece of pieces) parts.get(name)?.restore(piece);
      }
    }
    for (const part of parts.values()) part.restored();
    made.stored.points.sequence = newest.sequence;
    return made;
  }

  /** The same points with other indexes of them, built of their payloads. They don't follow changes. */
  async rebuilt(): Promise<Indexed> {
    const made = new Indexed(this.stored);
    this.stored.points.fields = this.indexes;
    for (const [field, schema] of this.indexes.definitions) await made.create(field, schema);
    made.settle();
    return made;
  }

  /** All that can be asked of the indexes. They must be settled. */
  seen(filters: readonly unknown[]): object {
    const { ids, payloads } = this.stored.points;
    const points = {
      live: ids.live,
      count: ids.size,
      offsetOf: () => -1,
      vectorCount: () => 0,
    };
    const answers = filters.map((request) => {
      const filter = this.indexes.bind(parseFilter(request, "filter"));
      const answer = this.indexes.candidates(filter, points);
      const maybe = answer?.settle();
      return {
        count: this.indexes.countAtHand(filter, ids.size),
        sure: answer && offsetsOf(answer.sure),
        maybe: maybe && offsetsOf(maybe),
      };
    });
    const some = ids.live.map((word, i) => word & (0x5a5a_5a5a >>> (i & 7)));
    const fields = this.indexes.definitions.map(([field]) => {
      const index = this.complete(field)?.index;
      return [
        field,
        index?.estimate({ kind: "prefix", text: "no such" }),
        facetsOf(index, undefined),
        facetsOf(index, some),
        orderOf(index, false),
        orderOf(index, true),
      ];
    });
    return {
      schema: this.indexes.schema,
      answers,
      fields,
      payloads: [...live(ids.live)].map((o) => payloads.has(o)),
    };
  }
}

function* live(bitmap: Uint32Array): Generator<number> {
  yield* offsetsOf(bitmap);
}

type Index = IndexedField["index"] | undefined;

function facetsOf(index: Index, allowed: Uint32Array | undefined): unknown {
  const facets = new Map<unknown, number>();
  index?.facets?.each(allowed, (value, points) => facets.set(value, points));
  return index?.facets && facets;
}

/** Pairs with equal numbers may come in several runs. */
function orderOf(index: Index, descending: boolean): unknown {
  const pairs: [number, number[]][] = [];
  index?.order?.walk(descending, undefined, (number, offsets) => {
    const last = pairs.at(-1);
    if (last?.[0] === number) last[1] = [...last[1], ...offsets].sort((a, b) => a - b);
    else pairs.push([number, [...offsets].sort((a, b) => a - b)]);
    return true;
  });
  return index?.order && pairs;
}
