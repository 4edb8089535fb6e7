import type { CoreModule } from "../core/load.ts";
import { inTurn, OnDemand } from "../on-demand.ts";
import { kinds } from "../vectors/kinds/on-demand.ts";
import { sparseCore } from "../vectors/kinds/sparse-core.ts";
import { namedVectors } from "./forms-of.ts";
import type { CreateCollection, VectorParams } from "./types.ts";

/** What programs do a few times at most. */
export const administration = new OnDemand("settings of collections", () => import("./administration.ts"));

/** What a change of a collection has to wait for. @see inTurn */
export function loadAdministration(): Promise<void> | undefined {
  return inTurn([administration]);
}

/** What adding or dropping a vector has to wait for. @see inTurn */
export function loadForVectorNames(core: CoreModule, config?: unknown): Promise<void> | undefined {
  const { sparse } = (config ?? {}) as { sparse?: unknown };
  return inTurn([administration, namedVectors, kinds, ...sparseCoreFor(core, sparse)]);
}

/** What the creation of a collection has to wait for. @see inTurn */
export function loadForCreation(core: CoreModule, request: unknown): Promise<void> | undefined {
  if (isPlain(request)) return loadAdministration();
  const { sparse_vectors } = (request ?? {}) as { sparse_vectors?: unknown };
  return loadForVectorNames(core, { sparse: sparse_vectors });
}

function sparseCoreFor(core: CoreModule, sparse: unknown): readonly OnDemand<unknown>[] {
  return sparse == null || core.sparse !== undefined ? [] : [sparseCore];
}

/** Whether what is asked for is at most a collection of one unnamed dense vector of f32. */
function isPlain(request: unknown): boolean {
  const { vectors, sparse_vectors } = (request ?? {}) as Partial<CreateCollection>;
  if (vectors == null || sparse_vectors != null) return false;
  const { size, datatype, multivector_config } = vectors as Partial<VectorParams>;
  return typeof size === "number" && multivector_config == null && (datatype ?? "float32") === "float32";
}
