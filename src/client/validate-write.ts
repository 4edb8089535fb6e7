import { filters } from "../collection/filtering-on-demand.ts";
import { Kind } from "../collection/operation.ts";
import type { OperationEncoder } from "../collection/operation-encoder.ts";
import type { Filter } from "../filters/filter.ts";
import { WRITE_OPTIONS } from "../generated/validators/options.ts";
import { PointInsertOperations } from "../generated/validators/point-insert-operations.ts";
import { PointsSelector } from "../generated/validators/points-selector.ts";
import { extend, type Fields, type ObjectSchema } from "../validation/containers.ts";
import { checkArguments, type Schema } from "../validation/schema.ts";
import { type Checked, encodeSelected } from "./selector.ts";
import { encodeUpsert } from "./validate-upsert.ts";
import type { VectorForms } from "./vector-forms.ts";

/** A write that is ready to be submitted. */
export interface ParsedWrite {
  /** In order. */
  readonly operations: readonly Checked[];
  /** Whether the bytes stay valid when the encoder is used again. */
  readonly kept: boolean;
  readonly wait: boolean;
  /** In seconds. */
  readonly timeout: number | undefined;
}

interface Options {
  readonly wait?: boolean;
  readonly timeout?: number;
}

/** One of the ways to write: a method of the client, and an operation of a batch. */
export interface Write {
  readonly method: string;
  /** The arguments of the method. */
  readonly schema: Schema<Options>;
  /** The official client's default of `wait`. */
  readonly wait: boolean;
  /** Encodes what was read, and checks what is opaque in it. */
  encode(given: unknown, forms: VectorForms, encoder: OperationEncoder): Checked;
}

export function write<R extends Fields, O extends Fields, Given>(
  method: string,
  schema: ObjectSchema<R, O> & Schema<Given>,
  encode: (given: Given, forms: VectorForms, encoder: OperationEncoder) => Checked,
  wait = true,
): Write {
  return {
    method,
    schema: extend(schema, WRITE_OPTIONS),
    wait,
    encode: (given, forms, encoder) => encode(given as Given, forms, encoder),
  };
}

export const UPSERT = /* @__PURE__ */ write("upsert", PointInsertOperations, (given, forms, encoder) =>
  conditional(given.update_filter, encodeUpsert(given, forms, encoder)),
);
export const DELETE = /* @__PURE__ */ write(
  "delete",
  PointsSelector,
  (given, _, encoder) => encodeSelected(Kind.DELETE, given, encoder),
  false,
);

/** The arguments of a writing method, checked while they are encoded. */
export function parseWrite(
  { schema, method, wait, encode }: Write,
  request: unknown,
  forms: VectorForms,
  encoder: OperationEncoder,
): ParsedWrite {
  const given = checkArguments(schema, request, method);
  return { ...optionsOf(given, wait), operations: [encode(given, forms, encoder)], kept: false };
}

/** The write with bytes that stay valid when the encoder is used again. */
export function keep(write: ParsedWrite): ParsedWrite {
  return write.kept ? write : { ...write, operations: write.operations.map(copied), kept: true };
}

/** The operation with bytes that stay valid when the encoder is used again. */
export function copied(operation: Checked): Checked {
  return operation instanceof Uint8Array ? operation.slice() : operation;
}

/** An operation with an `update_filter`, if it has one. */
export function conditional(filter: unknown, bytes: Uint8Array): Checked {
  if (filter === undefined) return bytes;
  const updateFilter: Filter = filters().parseFilter(filter, "update_filter");
  return { bytes: bytes.slice(), updateFilter };
}

/**
 * `ordering` changes nothing: with one writer per collection the strongest order is what every write gets.
 */
export function optionsOf({ wait, timeout }: Options, waits: boolean): Pick<ParsedWrite, "wait" | "timeout"> {
  return { wait: wait ?? waits, timeout };
}
