/** Routes that read, write and find points: nearly all of them are a method of the client with a body and options. */

import type { PointId } from "../../points/ids.ts";
import { isObject } from "../../validation/containers.ts";
import type { Body } from "../body.ts";
import { clamped } from "../clamped.ts";
import { isNearvecError } from "../error-response.ts";
import { inForm, TextForm } from "../json-text.ts";
import { idParameter, readParameters, writeParameters } from "../parameters.ts";
import { Refusal } from "../refusal.ts";
import { type Call, invoke, type Route } from "../route.ts";

const POINTS = "/collections/:collection/points";

export const POINT_ROUTES: readonly Route[] = [
  { verb: "GET", path: `${POINTS}/:id`, access: "read", answer: getPoint },
  reading("", "retrieve", "point_request", { with_payload: false }),
  writing("PUT", "", "upsert"),
  writing("POST", "/delete", "delete"),
  writing("PUT", "/vectors", "updateVectors"),
  writing("POST", "/vectors/delete", "deleteVectors"),
  writing("POST", "/payload", "setPayload"),
  writing("PUT", "/payload", "overwritePayload"),
  writing("POST", "/payload/delete", "deletePayload"),
  writing("POST", "/payload/clear", "clearPayload"),
  writing("POST", "/batch", "batchUpdate"),
  reading("/scroll", "scroll", "scroll_request"),
  { ...reading("/count", "count", "count_request"), answer: count },
  { ...reading("", "facet", "facet_request"), path: "/collections/:collection/facet" },
  reading("/query", "query", "internal"),
  reading("/query/batch", "queryBatch"),
  reading("/query/groups", "queryGroups", "search_group_request"),
  reading("/search/matrix/pairs", "searchMatrixPairs", "search_request"),
  reading("/search/matrix/offsets", "searchMatrixOffsets", "search_request"),
  // Served without being described, for programs and clients from before there was a query endpoint.
  reading("/search", "search", "search_request"),
  reading("/search/batch", "searchBatch"),
  reading("/search/groups", "searchPointGroups", "search_group_request"),
  reading("/recommend", "recommend", "recommend_request"),
  reading("/recommend/batch", "recommendBatch"),
  reading("/recommend/groups", "recommendPointGroups", "recommend_group_request"),
  reading("/discover", "discoverPoints", "discover_request"),
  reading("/discover/batch", "discoverBatchPoints"),
];

/** What a body has where it doesn't say. */
type Defaults = Body;

function reading(path: string, method: string, flattened?: string, defaults: Defaults = {}): Route {
  return {
    verb: "POST",
    path: `${POINTS}${path}`,
    access: "read",
    ...(flattened !== undefined && { flattened }),
    async answer({ client, query, timeout, param, body }) {
      const options = readParameters(query, timeout);
      const given = withDefaults(clamped(await body(), method === "scroll" ? "offset" : undefined), defaults);
      return invoke(client, method, param("collection"), inText({ ...given, ...options }));
    },
  };
}

function writing(verb: "POST" | "PUT", path: string, method: string): Route {
  return {
    verb,
    path: `${POINTS}${path}`,
    access: "write",
    async answer({ client, query, timeout, param, body }) {
      const options = writeParameters(query, timeout);
      return invoke(client, method, param("collection"), { ...(await body()), ...options });
    },
  };
}

/** The request, and what it holds that has payloads and vectors of its own: `searches`, `with_lookup`. */
function inText(request: Body): Body {
  const { searches, with_lookup } = request;
  const form = new TextForm();
  const asText = (part: unknown) => (isObject(part) ? inForm(part, form) : part);
  return inForm(
    {
      ...request,
      ...(Array.isArray(searches) && { searches: searches.map(asText) }),
      ...(isObject(with_lookup) && { with_lookup: asText(with_lookup) }),
    },
    form,
  );
}

/** Null is as good as nothing. */
function withDefaults(body: Body, defaults: Defaults): Body {
  const missing = Object.entries(defaults).filter(([name]) => body[name] == null);
  return missing.length === 0 ? body : { ...body, ...Object.fromEntries(missing) };
}

/** All reads take a consistency over HTTP; of a count the client's method doesn't. */
async function count({ client, query, timeout, param, body }: Call): Promise<unknown> {
  const options = readParameters(query, timeout);
  return invoke(client, "count", param("collection"), { ...(await body()), timeout: options.timeout });
}

/** One point, whole. */
async function getPoint({ client, query, timeout, param }: Call): Promise<unknown> {
  const options = readParameters(query, timeout);
  const id: PointId = idParameter(param("id"));
  const request = inText({ ...options, ids: [id], with_payload: true, with_vector: true });
  const [point] = (await invoke(client, "retrieve", param("collection"), request).catch(noId)) as unknown[];
  if (point !== undefined) return point;
  throw new Refusal(404, `Not found: Point with id ${id} does not exists!`);
}

function noId(error: unknown): never {
  if (!isNearvecError(error) || error.code !== "INVALID_ID") throw error;
  const { id } = error.details.subject ?? {};
  throw new Refusal(400, `Wrong input: Can not recognize "${id}" as point id`);
}
