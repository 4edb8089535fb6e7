import { Kind } from "../collection/operation.ts";
import type { OperationEncoder } from "../collection/operation-encoder.ts";
import { invalidArgument } from "../errors.ts";
import {
  checkFields,
  checkObject,
  checkRequest,
  type Fields,
  fields,
  type Given,
  optionalBoolean,
  within,
} from "../fields.ts";
import { filters } from "../filters/on-demand.ts";
import { type Checked, encodeSelected, SELECTOR_FIELDS } from "./selector.ts";
import type { UpdateResult } from "./types.ts";
import { checkOrdering, checkTimeout } from "./validate-options.ts";
import {
  DELETE_PAYLOAD_FIELDS,
  encodeClearPayload,
  encodeDeletePayload,
  encodeOverwritePayload,
  encodeSetPayload,
  SET_PAYLOAD_FIELDS,
} from "./validate-payload.ts";
import { encodeUpsert, UPSERT_FIELDS } from "./validate-upsert.ts";
import {
  DELETE_VECTORS_FIELDS,
  encodeDeleteVectors,
  encodeUpdateVectors,
  UPDATE_VECTORS_FIELDS,
} from "./validate-vectors.ts";
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

/** One of the ways to write: a method of the client, and an operation of a batch. */
interface Write {
  /** What it reads, without the options that methods have. */
  readonly fields: Fields;
  /** The method and its arguments. */
  readonly method: string;
  readonly arguments: Fields;
  /** The official client's default of `wait`. */
  readonly wait: boolean;
  /** Checks and encodes. */
  readonly encode: (given: Given, encoder: OperationEncoder, forms: VectorForms) => Checked;
}

const OPTIONS = fields(["wait", "ordering", "timeout"]);

function write(method: string, own: Fields, encode: Write["encode"], wait = true): Write {
  return { method, fields: own, arguments: new Map([...own, ...OPTIONS]), wait, encode };
}

/** By the names that a batch has for them. */
const WRITES = {
  upsert: write("upsert", UPSERT_FIELDS, (given, encoder, forms) =>
    conditional(given, encodeUpsert(given, forms, encoder)),
  ),
  delete: write("delete", SELECTOR_FIELDS, encodeDelete, false),
  set_payload: write("setPayload", SET_PAYLOAD_FIELDS, encodeSetPayload),
  overwrite_payload: write("overwritePayload", SET_PAYLOAD_FIELDS, encodeOverwritePayload),
  delete_payload: write("deletePayload", DELETE_PAYLOAD_FIELDS, encodeDeletePayload),
  clear_payload: write("clearPayload", SELECTOR_FIELDS, encodeClearPayload),
  update_vectors: write("updateVectors", UPDATE_VECTORS_FIELDS, (given, encoder, forms) =>
    conditional(given, encodeUpdateVectors(given, forms, encoder)),
  ),
  delete_vectors: write("deleteVectors", DELETE_VECTORS_FIELDS, (given, encoder, forms) =>
    encodeDeleteVectors(given, forms, encoder),
  ),
} as const;

export type WriteName = keyof typeof WRITES;

const BATCH_FIELDS: Fields = new Map([...fields(["operations"]), ...OPTIONS]);
const NAMES = fields(Object.keys(WRITES));

/** The arguments of a writing method, checked while they are encoded. */
export function parseWrite(
  name: WriteName,
  request: unknown,
  forms: VectorForms,
  encoder: OperationEncoder,
): ParsedWrite {
  const kind = WRITES[name];
  const given = checkRequest(request, kind.method, kind.arguments);
  const options = parseOptions(given, kind.wait);
  return { ...options, operations: [kind.encode(given, encoder, forms)], kept: false };
}

/** The arguments of `batchUpdate`: all operations are checked before the first is applied. */
export function parseBatchUpdate(
  request: unknown,
  forms: VectorForms,
  encoder: OperationEncoder,
): ParsedWrite {
  const given = checkRequest(request, "batchUpdate", BATCH_FIELDS);
  const options = parseOptions(given, true);
  if (!Array.isArray(given.operations)) {
    throw invalidArgument("operations", given.operations, "a list of operations: [{ upsert: … }, …]");
  }
  const operations = Array.from(given.operations, (operation: unknown, index) =>
    // Copied: the encoder's buffer is for one operation at a time.
    copied(encodeOperation(operation, `operations[${index}]`, forms, encoder)),
  );
  return { ...options, operations, kept: true };
}

function encodeOperation(
  operation: unknown,
  place: string,
  forms: VectorForms,
  encoder: OperationEncoder,
): Checked {
  const expected = "an object with one operation: { upsert: … }";
  checkObject(operation, place, expected);
  checkFields(operation, place, NAMES);
  const [name, ...more] = Object.keys(operation) as WriteName[];
  if (name === undefined || more.length > 0) throw invalidArgument(place, operation, expected);
  const kind = WRITES[name];
  const given = (operation as Given)[name];
  checkObject(given, `${place}.${name}`);
  checkFields(given, `${place}.${name}`, kind.fields);
  return within(`${place}.${name}`, () => kind.encode(given as Given, encoder, forms));
}

/** The write with bytes that stay valid when the encoder is used again. */
export function keep(write: ParsedWrite): ParsedWrite {
  return write.kept ? write : { ...write, operations: write.operations.map(copied), kept: true };
}

function copied(operation: Checked): Checked {
  return operation instanceof Uint8Array ? operation.slice() : operation;
}

function conditional({ update_filter }: Given, bytes: Uint8Array): Checked {
  if (update_filter == null) return bytes;
  const updateFilter = filters().parseFilter(update_filter, "update_filter");
  return { bytes: bytes.slice(), updateFilter };
}

function encodeDelete(given: Given, encoder: OperationEncoder): Checked {
  return encodeSelected(Kind.DELETE, given, encoder);
}

/** The options of a write that is no method of its own fields. Answers the status that its result has. */
export function checkWriteOptions(options: unknown): Pick<UpdateResult, "status"> {
  const { wait } = parseOptions(checkRequest(options, "options", OPTIONS), true);
  return { status: wait ? "completed" : "acknowledged" };
}

function parseOptions(given: Given, waits: boolean): Pick<ParsedWrite, "wait" | "timeout"> {
  const wait = optionalBoolean(given.wait, "wait", waits);
  checkOrdering(given.ordering);
  return { wait, timeout: checkTimeout(given.timeout) };
}
