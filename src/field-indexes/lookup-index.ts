import type { Test } from "../filters/filter.ts";
import type { Scalar } from "../filters/match.ts";
import { type Ids, readId, writeId } from "../points/ids.ts";
import type { Answer } from "./answer.ts";
import type { Facets, FieldIndex } from "./field-index.ts";
import type { FieldParams } from "./params.ts";
import { passingTypes, Types } from "./passing-types.ts";
import { ValueSets } from "./value-sets.ts";

/** Strings, each with its points. */
export function keywordIndex(params: FieldParams): FieldIndex {
  const covers = (test: Test) => (passingTypes(test) & ~Types.STRING) === 0;
  const isString = (value: unknown) => typeof value === "string";
  return new LookupIndex(params, isString, covers, new ValueSets(params.options.prefix === true));
}

/** `true` and `false`. */
export function boolIndex(params: FieldParams): FieldIndex {
  const covers = (test: Test) => (passingTypes(test) & ~Types.BOOLEAN) === 0;
  return new LookupIndex(params, (value) => typeof value === "boolean", covers, new ValueSets());
}

/**
 * Strings that are UUIDs, in any spelling. A filter compares the spelling, as it does without an index; facets have the
 * lower-case hyphenated one.
 */
export function uuidIndex(params: FieldParams): FieldIndex {
  const covers = (test: Test) =>
    (test.kind === "value" && isUuid(test.value)) || (test.kind === "any" && [...test.values].every(isUuid));
  const sets = new ValueSets();
  return new LookupIndex(params, isUuid, covers, sets, new UuidFacets(sets));
}

class LookupIndex implements FieldIndex {
  readonly params: FieldParams;
  readonly accepts: (value: unknown) => boolean;
  readonly covers: (test: Test) => boolean;
  readonly facets: Facets;
  readonly #sets: ValueSets;

  constructor(
    params: FieldParams,
    accepts: (value: unknown) => boolean,
    covers: (test: Test) => boolean,
    sets: ValueSets,
    facets: Facets = sets,
  ) {
    this.params = params;
    this.accepts = accepts;
    this.covers = covers;
    this.#sets = sets;
    this.facets = facets;
  }

  get memoryBytes(): number {
    return this.#sets.memoryBytes;
  }

  add(offset: number, values: readonly Scalar[]): void {
    for (const value of values) this.#sets.add(offset, value);
  }

  remove(offset: number, values: readonly Scalar[]): void {
    for (const value of values) this.#sets.remove(offset, value);
  }

  estimate(test: Test): number | undefined {
    return this.#sets.estimate(test);
  }

  count(test: Test): number | undefined {
    return this.#sets.count(test);
  }

  find(test: Test, answer: Answer): void {
    this.#sets.find(test, answer);
  }
}

const id: Ids = { words: new Uint32Array(4), kinds: new Uint8Array(1) };

function isUuid(value: unknown): value is string {
  return typeof value === "string" && writeId(value, id, 0);
}

const CANONICAL = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function canonical(uuid: string): string {
  writeId(uuid, id, 0);
  return readId(id, 0) as string;
}

/** Counts a UUID once, however it is spelled. */
class UuidFacets implements Facets {
  readonly #sets: ValueSets;

  constructor(sets: ValueSets) {
    this.#sets = sets;
  }

  each(allowed: Uint32Array | undefined, visit: (value: Scalar, points: number) => void): void {
    const odd = new Map<string, string[]>();
    this.#sets.each(undefined, (spelling) => {
      if (CANONICAL.test(spelling as string)) return;
      const uuid = canonical(spelling as string);
      odd.set(uuid, [...(odd.get(uuid) ?? [uuid]), spelling as string]);
    });
    this.#sets.each(allowed, (spelling, points) => {
      if (odd.size === 0 || !odd.has(canonical(spelling as string))) visit(spelling, points);
    });
    for (const [uuid, spellings] of odd) {
      const points = this.#sets.countAny(spellings, allowed);
      if (points > 0) visit(uuid, points);
    }
  }
}
