/** Creating and deleting indexes of payloads; loaded through on-demand.ts. */

import type { Collection } from "../collection/collection.ts";
import { parseFieldParams } from "../field-indexes/params.ts";
import { prepareTextIndex } from "../field-indexes/text-on-demand.ts";
import { aliased, checkRequest, fields, type Given, optionalBoolean } from "../fields.ts";
import { parsePath } from "../payload/path.ts";
import type { UpdateResult } from "./types.ts";
import { checkOrdering, checkTimeout } from "./validate-options.ts";

const OPTIONS = ["wait", "ordering", "timeout"];
const CREATE_FIELDS = fields(["field_name", "field_schema", "field_type", ...OPTIONS]);
const DELETE_FIELDS = fields(OPTIONS);

/** @see NearvecClient.createPayloadIndex */
export async function createPayloadIndex(collection: Collection, request: unknown): Promise<UpdateResult> {
  const given = checkRequest(request, "createPayloadIndex", CREATE_FIELDS);
  const { wait, deadline } = optionsOf(collection, given, false);
  const path = parsePath(given.field_name, "field_name");
  const params = parseFieldParams(aliased(given, "field_schema", "field_type"), "field_schema");
  const create = () => collection.createFieldIndex(path, params);
  const operation_id = await collection.writes.run(() =>
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
  const { wait } = optionsOf(collection, checkRequest(options, "deletePayloadIndex", DELETE_FIELDS), true);
  const path = parsePath(fieldName, "field_name");
  const operation_id = await collection.writes.run(() => collection.dropFieldIndex(path));
  return { operation_id, status: wait ? "completed" : "acknowledged" };
}

function optionsOf(collection: Collection, given: Given, waits: boolean) {
  checkOrdering(given.ordering);
  return {
    wait: optionalBoolean(given.wait, "wait", waits),
    deadline: collection.deadline(checkTimeout(given.timeout)),
  };
}
