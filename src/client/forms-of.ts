/** Chooses how a collection's vectors are written, and loads the code that takes. */

import type { NamedSpace } from "../collection/named-space.ts";
import { OnDemand } from "../on-demand.ts";
import { isPlain } from "../vectors/create-space.ts";
import { PlainVectors } from "./plain-vectors.ts";
import type { VectorForms } from "./vector-forms.ts";

/** Named vectors, and every kind but one unnamed dense vector of f32. */
export const namedVectors = new OnDemand("named vectors", () => import("./named-vectors.ts"));

/** For any but collections of one unnamed dense vector of f32, the code of `namedVectors` must be there. */
export function formsOf({ spaces }: { readonly spaces: ReadonlyMap<string, NamedSpace> }): VectorForms {
  const unnamed = spaces.size === 1 ? spaces.get("") : undefined;
  return unnamed !== undefined && isPlain(unnamed.settings)
    ? new PlainVectors(unnamed)
    : new namedVectors.module.NamedVectors(spaces);
}
