/** What a space is made of, as requests say it. */

import { invalidArgument, notSupported } from "../errors.ts";
import { checkFields, checkObject, fields, type Given, integer, oneOf, optionalInteger } from "../fields.ts";
import type { components } from "../generated/qdrant.ts";
import type { Datatype } from "../vectors/config.ts";

type Schemas = components["schemas"];

/** The longest vector, as in Qdrant. */
const MOST_SIZE = 65_536;
/**
 * Links per node. Beyond 128 a graph costs more memory than the vectors of most models and finds nothing
 * more.
 */
const MOST_M = 128;
const MOST_EF_CONSTRUCT = 65_536;

const VECTOR_FIELDS = fields(["size", "distance", "hnsw_config", "datatype", "multivector_config"], {
  quantization_config: [],
  on_disk: [false],
  memory: [],
});
const MULTIVECTOR_FIELDS = fields(["comparator"]);

const HNSW_FIELDS = fields(["m", "ef_construct", "full_scan_threshold", "max_indexing_threads"], {
  on_disk: [false],
  memory: [],
  payload_m: [],
  inline_storage: [false],
});

const DISTANCES = ["Cosine", "Dot", "Euclid", "Manhattan"] as const;

/** What one dense space is made of: `vectors`, or an entry of it. */
export function parseVectorParams(vectors: unknown, what: string): Schemas["VectorParams"] {
  checkObject(vectors, what, "{ size, distance }");
  checkFields(vectors, what, VECTOR_FIELDS);
  const { size, distance, hnsw_config, datatype, multivector_config } = vectors as Given;
  const own = parseHnswDiff(hnsw_config, `${what}.hnsw_config`);
  return {
    size: integer(size, `${what}.size`, 1, MOST_SIZE, "Use the length of your embedding model's vectors."),
    distance: oneOf(distance, `${what}.distance`, DISTANCES),
    ...(Object.keys(own).length > 0 && { hnsw_config: own }),
    ...(datatype != null && { datatype: parseDatatype(datatype, `${what}.datatype`) }),
    ...(multivector_config != null && {
      multivector_config: parseMultivector(multivector_config, `${what}.multivector_config`),
    }),
  };
}

export function parseDatatype(datatype: unknown, what: string): Datatype {
  if (datatype === "turbo4") throw notSupported(`${what}: "turbo4"`, "Use float32, float16 or uint8.");
  return oneOf(datatype, what, ["float32", "float16", "uint8"]);
}

function parseMultivector(config: unknown, what: string): Schemas["MultiVectorConfig"] {
  checkObject(config, what, '{ comparator: "max_sim" }');
  checkFields(config, what, MULTIVECTOR_FIELDS);
  return { comparator: oneOf((config as Given).comparator, `${what}.comparator`, ["max_sim"]) };
}

/** `hnsw_config` of a collection or of a space: what it sets, checked. */
export function parseHnswDiff(diff: unknown, what: string): Partial<Schemas["HnswConfig"]> {
  if (diff == null) return {};
  checkObject(diff, what);
  checkFields(diff, what, HNSW_FIELDS);
  const given = diff as Schemas["HnswConfigDiff"];
  return present({
    m: checkM(given.m, `${what}.m`),
    ef_construct: optionalInteger(given.ef_construct, `${what}.ef_construct`, 4, MOST_EF_CONSTRUCT),
    full_scan_threshold: optionalInteger(
      given.full_scan_threshold,
      `${what}.full_scan_threshold`,
      10,
      Number.MAX_SAFE_INTEGER,
      "It is in kilobytes of vectors.",
    ),
    max_indexing_threads: optionalInteger(
      given.max_indexing_threads,
      `${what}.max_indexing_threads`,
      0,
      Number.MAX_SAFE_INTEGER,
    ),
  });
}

function checkM(m: unknown, what: string): number | undefined {
  if (m == null || m === 0) return m ?? undefined;
  if (typeof m === "number" && Number.isInteger(m) && m >= 2 && m <= MOST_M) return m;
  throw invalidArgument(
    what,
    m,
    `0 or an integer from 2 to ${MOST_M}`,
    "16 suits most data; 0 means no graph, so that every search is exact.",
  );
}

/** Without the fields that were left out, so that spreading them doesn't hide a default. */
export function present<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, given]) => given !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
