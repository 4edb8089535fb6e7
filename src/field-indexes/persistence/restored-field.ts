import { lowestBit } from "../../bits.ts";
import { shortly } from "../../errors.ts";
import { type Piece, Section } from "../../journal/sections.ts";
import { decode } from "../../payload/json.ts";
import { createIndex } from "../create-index.ts";
import type { Field, IndexedPayloads } from "../field.ts";
import type { IndexContent } from "../field-index.ts";
import { IndexedField } from "../indexed-field.ts";
import { OffsetSet } from "../offset-set.ts";
import { indexOptions } from "../params.ts";
import { type Last, readCoordinates, readDocuments, readPairs } from "./columns.ts";
import { readEntries } from "./entries.ts";
import { type Columns, damaged, decodePiece, FORMAT, type IndexHead, PART_OF, Part } from "./format.ts";
import { BLOCK_OFFSETS, blockTo } from "./offset-blocks.ts";
import { readSet } from "./sets.ts";

const SETS = {
  [Part.OWN]: "own",
  [Part.FOREIGN]: "foreign",
  [Part.FILLED]: "filled",
  [Part.NULLS]: "nulls",
} as const;

/**
 * Reads an index back. Payloads must be there before it, those of the same checkpoint: what pieces left out is taken from
 * them.
 */
export class RestoredField {
  readonly indexed: IndexedField;
  readonly #payloads: IndexedPayloads;
  readonly #head: IndexHead;
  #part: number = Part.OWN;
  /** Things of the part, and pieces, so far. */
  #count = 0;
  #pieces = 0;
  /** Of the part's set: no later block has a lower number. */
  #block = 0;
  readonly #last: Last = { number: Number.NEGATIVE_INFINITY, offset: -1 };
  readonly #changed = new OffsetSet();
  /** Points with values of the type, and those that were met in each part that should have all of them. */
  #own: Uint32Array = new Uint32Array(0);
  readonly #seen = new Map<number, Uint32Array>();

  /** @throws {NearvecError} `DAMAGED` where the head makes no sense */
  constructor(field: Field, head: IndexHead) {
    this.indexed = new IndexedField(field.indexed.path, createIndex(field.params));
    this.#payloads = field.payloads;
    this.#head = head;
    this.indexed.several = head.several;
  }

  /** Answers whether it was the last. @throws {NearvecError} `DAMAGED` */
  read(piece: Piece): boolean {
    if (piece.section !== Section.FIELD_INDEX)
      throw damaged("a section of an index", piece.section, String(Section.FIELD_INDEX));
    const columns = decodePiece(piece.bytes);
    if (columns.part === Part.END) {
      this.#finish(piece, columns);
      return true;
    }
    this.#enter(columns.part);
    if (piece.from !== this.#count)
      throw damaged(`what comes before a piece of part ${this.#part}`, piece.from, String(this.#count));
    if (piece.count === 0) throw damaged(`a piece of part ${this.#part}`, "nothing", "something");
    this.#read(columns, piece.count);
    this.#count += piece.count;
    this.#pieces++;
    return false;
  }

  #enter(part: number): void {
    if (part < this.#part) throw damaged("a part of an index", part, `${this.#part} or a later one`);
    if (part === this.#part) return;
    if (this.#part === Part.OWN) this.#own = bitmapOf(this.indexed.sets.own);
    this.#part = part;
    this.#count = 0;
    this.#block = 0;
  }

  #read(columns: Columns, count: number): void {
    const { part } = columns;
    if (part === Part.CHANGED) this.#readSet(columns, count, this.#changed);
    else if (part === Part.OWN || part === Part.FOREIGN || part === Part.FILLED || part === Part.NULLS) {
      const last = this.#readSet(columns, count, this.indexed.sets[SETS[part]]);
      // That bounds what offsets can make the index take.
      if (this.#payloads.bytesAt(last) === undefined) throw damaged("a point", last, "one with a payload");
    } else {
      const content = this.indexed.index.contents.find(({ kind }) => PART_OF[kind] === part);
      if (content === undefined) throw damaged("a part of an index", part, "one that this type has");
      this.#readContent(columns, count, content);
    }
  }

  #readSet(
    columns: Columns,
    count: number,
    set: OffsetSet,
    visit?: (number: number, block: Uint16Array | Uint32Array) => void,
  ): number {
    const last = readSet(columns, count, this.#head.end, set, this.#block, visit);
    this.#block = Math.floor(last / BLOCK_OFFSETS) + 1;
    return last;
  }

  #readContent(columns: Columns, count: number, content: IndexContent): void {
    const own = this.#own;
    const seen = this.#seenIn(columns.part);
    const { index } = this.indexed;
    switch (content.kind) {
      case "values":
        readEntries(columns, count, own, seen, (value, points) => {
          if (!index.accepts(value))
            throw damaged("a value", shortly(value), `one of type ${this.#head.type}`);
          content.values.restore(value, points);
        });
        break;
      case "pairs":
        readPairs(columns, count, own, seen, content.pairs, this.#last);
        break;
      case "elsewhere":
        this.#readSet(columns, count, content.offsets, (number, block) => blockTo(number, block, seen));
        if (seen.some((word, i) => (word & ~(own[i] as number)) !== 0))
          throw damaged("a point", "one without values", "others");
        break;
      case "coordinates":
        readCoordinates(columns, count, own, seen, content.coordinates);
        break;
      case "tokens":
        readEntries(columns, count, own, seen, (value, points) => {
          if (typeof value !== "string") throw damaged("a token", shortly(value), "a string");
          content.tokens.restore(value, points);
        });
        break;
      case "documents":
        readDocuments(columns, count, own, seen, content.documents, content.tokens.numberEnd - 1);
    }
  }

  #seenIn(part: number): Uint32Array {
    let seen = this.#seen.get(part);
    if (seen === undefined) {
      seen = new Uint32Array(this.#own.length);
      this.#seen.set(part, seen);
    }
    return seen;
  }

  /** Nothing is missing but of points that changed. Adds that. */
  #finish({ from, count }: Piece, { a, b }: Columns): void {
    if (from !== this.#pieces || count + a.length + b.length > 0)
      throw damaged("the pieces of an index", this.#pieces, String(from));
    this.#enter(Part.END);
    this.#expectSeen();
    this.#changed.each((offset) => {
      const bytes = this.#payloads.bytesAt(offset);
      if (bytes !== undefined) this.indexed.complete(offset, decode(bytes));
    });
    const { sets, several, index } = this.indexed;
    for (const set of Object.values(sets)) set.settle();
    for (const content of index.contents) if (content.kind === "elsewhere") content.offsets.settle();
    for (const name of ["own", "foreign", "filled", "nulls"] as const) {
      if (sets[name].size !== this.#head[name])
        throw damaged(`the points in set ${name}`, sets[name].size, String(this.#head[name]));
    }
    if (several > sets.own.size)
      throw damaged("points with several values", several, `${sets.own.size} at most`);
  }

  #expectSeen(): void {
    const changed = new Uint32Array(this.#own.length);
    this.#changed.addTo(changed);
    const expected = new Map<string, Uint32Array>();
    const places = new Uint32Array(this.#own.length);
    for (const { kind } of this.indexed.index.contents) {
      const seen = this.#seenIn(PART_OF[kind]);
      if (kind === "values" || kind === "coordinates") expected.set(kind, seen);
      else if (kind === "pairs" || kind === "elsewhere") {
        for (let i = 0; i < seen.length; i++) places[i] = (places[i] as number) | (seen[i] as number);
        expected.set("pairs", places);
      }
    }
    for (const [kind, seen] of expected) expectAll(this.#own, seen, changed, `points with ${kind}`);
    // Not every text has tokens. What has some has all of them, in their order.
    const documents = this.#seen.get(Part.DOCUMENTS);
    const tokens = this.#seen.get(Part.TOKENS);
    if (documents === undefined || tokens === undefined) return;
    expectAll(tokens, documents, changed, "points with tokens in their order");
    expectAll(documents, tokens, changed, "points with tokens");
  }
}

function bitmapOf(set: OffsetSet): Uint32Array {
  let last = -1;
  for (let number = set.blockEnd - 1; number >= 0 && last === -1; number--) {
    const block = new Uint32Array(BLOCK_OFFSETS / 32);
    if (!set.blockTo(number, block)) continue;
    const word = block.findLastIndex((bits) => bits !== 0);
    last = number * BLOCK_OFFSETS + word * 32 + 31 - Math.clz32(block[word] as number);
  }
  const bitmap = new Uint32Array((last + 32) >>> 5);
  set.addTo(bitmap);
  return bitmap;
}

function expectAll(all: Uint32Array, seen: Uint32Array, changed: Uint32Array, what: string): void {
  for (let i = 0; i < all.length; i++) {
    const missing = (all[i] as number) & ~(seen[i] as number) & ~(changed[i] as number);
    if (missing !== 0) throw damaged(what, `none at ${i * 32 + lowestBit(missing)}`, "all of them");
  }
}

/**
 * What a head says. Undefined where it is of an index that reads values otherwise, so that it is of no use here.
 *
 * @throws {NearvecError} `DAMAGED`
 */
export function readHead({ bytes }: Piece, field: Field): IndexHead | undefined {
  let head: unknown;
  try {
    head = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw damaged("the head", "no JSON", "an object");
  }
  if (typeof head !== "object" || head === null) throw damaged("the head", shortly(head), "an object");
  const { format, type, options, reading, end, own, foreign, filled, nulls, several } = head as Record<
    keyof IndexHead,
    unknown
  >;
  if (format !== FORMAT) throw damaged("the head's format", shortly(format), String(FORMAT));
  const { params, indexed } = field;
  const expected = indexOptions(params);
  if (type !== params.type || options !== expected)
    throw damaged(
      "what the index was created with",
      `${shortly(type)}, ${shortly(options)}`,
      `${params.type}, ${expected}`,
    );
  const isCount = (value: unknown, most: number): value is number =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
  if (
    typeof reading !== "string" ||
    !isCount(end, 2 ** 32 - 1) ||
    !isCount(own, end) ||
    !isCount(foreign, end) ||
    !isCount(filled, end) ||
    !isCount(nulls, end) ||
    !isCount(several, own)
  )
    throw damaged("the head", JSON.stringify(head).slice(0, 200), "numbers that agree");
  if (reading !== indexed.index.reading) return undefined;
  return {
    format: FORMAT,
    type: params.type,
    options: expected,
    reading,
    end,
    own,
    foreign,
    filled,
    nulls,
    several,
  };
}
