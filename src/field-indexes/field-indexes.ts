/**
 * The indexes of a collection's payloads.
 *
 * An index of a collection that has points is built in slices, while points go on changing:
 *
 *     offsets  0 ─────────── walked ─────────── end
 *              ●●●○●●○●●●●●●●│●●○●●●●●○●●●
 *              changes here    these are reached
 *              are followed    by the walk, as they are then
 *
 * It answers only when it is complete. Until then, and should it fail, payloads are asked as if it were not there.
 */

import type { NearvecError } from "../errors.ts";
import { bindFilter } from "../filters/bind.ts";
import type { Filter } from "../filters/filter.ts";
import { decode } from "../payload/json.ts";
import type { JsonPath } from "../payload/path.ts";
import type { IdColumn } from "../points/id-column.ts";
import type { IdTable } from "../points/id-table.ts";
import type { Answer } from "./answer.ts";
import { candidates, countAtHand, type KnownPoints } from "./candidates.ts";
import { Field, type IndexedPayloads, type PayloadIndexInfo, type Runner } from "./field.ts";
import type { IndexedField, Payload } from "./indexed-field.ts";
import { lowestIds } from "./lowest-ids.ts";
import { type FieldParams, sameParams } from "./params.ts";
import { pathText } from "./path-text.ts";

export type { PayloadIndexInfo } from "./field.ts";
export { pathText } from "./path-text.ts";

export class FieldIndexes {
  readonly #payloads: IndexedPayloads;
  readonly #runner: Runner;
  readonly #now: () => number;
  /** By the path's canonical text. */
  readonly #fields = new Map<string, Field>();

  /** @param now the clock by which others wait until some time, in milliseconds */
  constructor(payloads: IndexedPayloads, runner: Runner, now: () => number) {
    this.#payloads = payloads;
    this.#runner = runner;
    this.#now = now;
  }

  get isEmpty(): boolean {
    return this.#fields.size === 0;
  }

  /**
   * Creates the index of a path, or leaves it as it is when there is the same one; another one of that path is dropped.
   * The first slice is done at once, where there is time: of a small collection that is all.
   */
  create(path: JsonPath, params: FieldParams): void {
    const name = pathText(path);
    const known = this.#fields.get(name);
    if (known !== undefined && known.failure === undefined && sameParams(known.params, params)) {
      known.params = params;
      return;
    }
    const field = new Field(path, params, this.#payloads, this.#runner, this.#now);
    this.#fields.set(name, field);
    if (known !== undefined) field.succeed(known);
    field.start();
  }

  /**
   * Resolves when the path's index (or another one in its place) is complete, or gone; with false, when it is still not by then. Undefined when there is
   * nothing to wait for. Rejects when it fails.
   */
  whenComplete(path: JsonPath, until: number): Promise<boolean> | undefined {
    return this.#at(path)?.whenComplete(until);
  }

  /** Answers whether there was one. */
  drop(path: JsonPath): boolean {
    const name = pathText(path);
    this.#fields.get(name)?.stop();
    return this.#fields.delete(name);
  }

  /**
   * A point gets another payload, or loses it. Call it before the store changes, with the UTF-8 JSON that is there and that
   * will be; undefined: none.
   */
  payloadChanges(offset: number, before: Uint8Array | undefined, after: Uint8Array | undefined): void {
    if (this.#fields.size === 0 || areEqual(before, after)) return;
    let decoded = false;
    let old: Payload | undefined;
    let fresh: Payload | undefined;
    for (const field of this.#fields.values()) {
      if (!field.follows(offset)) continue;
      if (!decoded) {
        old = before && decode(before);
        fresh = after && decode(after);
        decoded = true;
      }
      field.change(offset, old, fresh);
    }
  }

  /** The filter with the meaning that it has because of indexes. It comes before all that is done with a filter. */
  bind(filter: Filter): Filter {
    const matter = [...this.#fields.values()].some(({ indexed }) => indexed.index.bind !== undefined);
    return matter ? bindFilter(filter, (path) => this.#at(path)?.indexed.index) : filter;
  }

  /** Which points meet a bound filter, as far as complete indexes know; undefined: they know nothing. */
  candidates(filter: Filter, points: KnownPoints): Answer | undefined {
    return candidates(filter, points, (path) => this.complete(path));
  }

  /** @see lowestIds */
  lowestIds(
    ids: IdTable,
    { sure, sureCount }: Answer,
    first: IdColumn | undefined,
    wanted: number,
  ): number[] | undefined {
    return lowestIds(ids, sure, sureCount, first, wanted);
  }

  /** How many of `count` points meet a bound filter, where an index has the number at hand. */
  countAtHand(filter: Filter, count: number): number | undefined {
    return countAtHand(filter, count, (path) => this.complete(path));
  }

  /** The field of a path with a complete index. */
  complete(path: JsonPath): IndexedField | undefined {
    const field = this.#at(path);
    return field?.isComplete ? field.indexed : undefined;
  }

  /** Every field by its path's canonical text, whether its index is complete or not. */
  get fields(): ReadonlyMap<string, Field> {
    return this.#fields;
  }

  /** What the indexes were created with, as a request says it. */
  get definitions(): (readonly [field: string, schema: unknown])[] {
    return Array.from(this.#fields, ([name, { params }]) => [name, params.given ?? params.type]);
  }

  /** What `getCollection` shows. */
  get schema(): Record<string, PayloadIndexInfo> {
    return Object.fromEntries([...this.#fields].map(([name, field]) => [name, field.info]));
  }

  get memoryBytes(): number {
    let bytes = 0;
    for (const { indexed } of this.#fields.values()) bytes += indexed.memoryBytes;
    return bytes;
  }

  /** Ends building; whoever waits for it is told why. */
  close(reason: NearvecError): void {
    for (const field of this.#fields.values()) field.stop(reason);
    this.#fields.clear();
  }

  #at(path: JsonPath): Field | undefined {
    return this.#fields.get(pathText(path));
  }
}

function areEqual(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
