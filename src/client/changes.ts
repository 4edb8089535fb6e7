/** Changes of points that are there, and batches of writes; loaded through on-demand.ts. */

import { Kind } from "../collection/operation.ts";
import type { OperationEncoder } from "../collection/operation-encoder.ts";
import { DeletePayload } from "../generated/validators/delete-payload.ts";
import { DeleteVectors } from "../generated/validators/delete-vectors.ts";
import { WRITE_OPTIONS } from "../generated/validators/options.ts";
import { PointsSelector } from "../generated/validators/points-selector.ts";
import { SetPayload } from "../generated/validators/set-payload.ts";
import { UpdateOperations } from "../generated/validators/update-operations.ts";
import { UpdateVectors } from "../generated/validators/update-vectors.ts";
import { extend } from "../validation/containers.ts";
import { checkArguments, within } from "../validation/schema.ts";
import { encodeSelected } from "./selector.ts";
import { encodeDeletePayload, encodeOverwritePayload, encodeSetPayload } from "./validate-payload.ts";
import { encodeDeleteVectors, encodeUpdateVectors } from "./validate-vectors.ts";
import {
  conditional,
  copied,
  DELETE,
  optionsOf,
  type ParsedWrite,
  UPSERT,
  type Write,
  write,
} from "./validate-write.ts";
import type { VectorForms } from "./vector-forms.ts";

/** All ways to write, by the names that a batch has for them. */
export const WRITES = {
  upsert: UPSERT,
  delete: DELETE,
  set_payload: write("setPayload", SetPayload, encodeSetPayload),
  overwrite_payload: write("overwritePayload", SetPayload, encodeOverwritePayload),
  delete_payload: write("deletePayload", DeletePayload, encodeDeletePayload),
  clear_payload: write("clearPayload", PointsSelector, (given, _, encoder) =>
    encodeSelected(Kind.CLEAR_PAYLOAD, given, encoder),
  ),
  update_vectors: write("updateVectors", UpdateVectors, (given, forms, encoder) =>
    conditional(given.update_filter, encodeUpdateVectors(given, forms, encoder)),
  ),
  delete_vectors: write("deleteVectors", DeleteVectors, encodeDeleteVectors),
} as const satisfies Readonly<Record<string, Write>>;

export type WriteName = keyof typeof WRITES;

const BATCH = /* @__PURE__ */ extend(UpdateOperations, WRITE_OPTIONS);

/** The arguments of `batchUpdate`: all operations are checked before the first is applied. */
export function parseBatchUpdate(
  request: unknown,
  forms: VectorForms,
  encoder: OperationEncoder,
): ParsedWrite {
  const given = checkArguments(BATCH, request, "batchUpdate");
  const operations = given.operations.map((operation, index) => {
    const [[name, own]] = Object.entries(operation) as [[WriteName, unknown]]; // it has one of them
    const encoded = within(`operations[${index}].${name}`, () => WRITES[name].encode(own, forms, encoder));
    // Copied: the encoder's buffer is for one operation at a time.
    return copied(encoded);
  });
  return { ...optionsOf(given, true), operations, kept: true };
}
