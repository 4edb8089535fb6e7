import { inTurn, OnDemand } from "../on-demand.ts";
import { kinds } from "../vectors/kinds/on-demand.ts";
import { namedVectors } from "./forms-of.ts";
import type { CreateCollection, VectorParams } from "./types.ts";

/** What programs do a few times at most. */
export const administration = new OnDemand("settings of collections", () => import("./administration.ts"));

/** What a change of a collection has to wait for. @see inTurn */
export function loadAdministration(): Promise<void> | undefined {
  return inTurn([administration]);
}

/** What adding or dropping a vector has to wait for. @see inTurn */
export function loadForVectorNames(): Promise<void> | undefined {
  return inTurn([administration, namedVectors, kinds]);
}

/** What the creation of a collection has to wait for. @see inTurn */
export function loadForCreation(request: unknown): Promise<void> | undefined {
  return isPlain(request) ? loadAdministration() : loadForVectorNames();
}

/** Whether what is asked for is at most a collection of one unnamed dense vector of f32. */
function isPlain(request: unknown): boolean {
  const { vectors, sparse_vectors } = (request ?? {}) as Partial<CreateCollection>;
  if (vectors == null || sparse_vectors != null) return false;
  const { size, datatype, multivector_config } = vectors as Partial<VectorParams>;
  return typeof size === "number" && multivector_config == null && (datatype ?? "float32") === "float32";
}
