/** Creating and deleting indexes of payloads; loaded through on-demand.ts. */

import type { Collection } from "../collection/collection.ts";
import { createFieldIndex, dropFieldIndex } from "../collection/index-settings.ts";
import { parseFieldParams } from "../field-indexes/params.ts";
import { prepareTextIndex } from "../field-indexes/text-on-demand.ts";
import { CreateFieldIndex } from "../generated/validators/create-field-index.ts";
import { WRITE_OPTIONS } from "../generated/validators/options.ts";
import { parsePath } from "../payload/path.ts";
import { extend, object } from "../validation/containers.ts";
import { checkArguments } from "../validation/schema.ts";
import type { UpdateResult } from "./types.ts";
import { amongWrites } from "./write-turn.ts";

const REQUEST = /* @__PURE__ */ extend(CreateFieldIndex, WRITE_OPTIONS);
const OPTIONS = /* @__PURE__ */ object({}, WRITE_OPTIONS);

/** @see NearvecClient.createPayloadIndex */
export async function createPayloadIndex(collection: Collection, request: unknown): Promise<UpdateResult> {
  const given = checkArguments(REQUEST, request, "createPayloadIndex");
  const { wait = false } = given;
  const deadline = collection.deadline(given.timeout);
  const path = parsePath(given.field_name, "field_name");
  const params = parseFieldParams(given.field_schema, "field_schema");
  const create = () => createFieldIndex(collection, path, params);
  const operation_id = await amongWrites(collection, () =>
    params.type === "text" ? prepareTextIndex(params).then(create) : create(),
  );
  if (!wait) return { operation_id, status: "acknowledged" };
  // Other writes go on meanwhile.
  const complete = (await collection.whenFieldIndexed(path, deadline)) ?? true;
  return { operation_id, status: complete ? "completed" : "wait_timeout" };
}

/** @see NearvecClient.deletePayloadIndex */
export async function deletePayloadIndex(
  collection: Collection,
  fieldName: unknown,
  options: unknown,
): Promise<UpdateResult> {
  const { wait = true } = checkArguments(OPTIONS, options, "deletePayloadIndex");
  const path = parsePath(fieldName, "field_name");
  const operation_id = await amongWrites(collection, () => dropFieldIndex(collection, path));
  return { operation_id, status: wait ? "completed" : "acknowledged" };
}
