import { invalidArgument } from "../errors.ts";
import { PayloadFieldSchema } from "../generated/validators/payload-field-schema.ts";
import { textOptions } from "../text/text-params.ts";
import { check } from "../validation/schema.ts";

export type IndexType = "keyword" | "integer" | "float" | "geo" | "text" | "bool" | "datetime" | "uuid";

/** What an index was created with. */
export interface FieldParams {
  readonly type: IndexType;
  /** Every option of the type, defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  /** As it was given, to be shown; undefined when it was the bare name of a type. */
  readonly given: Readonly<Record<string, unknown>> | undefined;
}

type Options = FieldParams["options"];

/**
 * Where a server keeps an index, whether it builds links for it, and what it arranges points by: accepted, and without
 * effect here.
 */
const COMMON = { on_disk: false, memory: null, enable_hnsw: true };
const TENANT = { ...COMMON, is_tenant: false };
const PRINCIPAL = { ...COMMON, is_principal: false };

/** Those of a text index are in text-params.ts. */
const DEFAULTS: Readonly<Record<IndexType, Options>> = {
  keyword: { ...TENANT, prefix: false },
  integer: { ...PRINCIPAL, lookup: true, range: true },
  float: PRINCIPAL,
  geo: COMMON,
  text: COMMON,
  bool: COMMON,
  datetime: PRINCIPAL,
  uuid: TENANT,
};

/**
 * Reads `field_schema`: the name of a type, or an object with it and its options.
 *
 * @throws {NearvecError} `INVALID_ARGUMENT`
 */
export function parseFieldParams(value: unknown, what: string): FieldParams {
  const read = check(PayloadFieldSchema, value, what);
  const params = typeof read === "string" ? ({ type: read } as Exclude<typeof read, string>) : read;
  const { type, ...given } = params;
  const options: Options = {
    ...DEFAULTS[type],
    ...given,
    ...(params.type === "text" && textOptions(params, what)),
  };
  if (options.lookup === false && options.range === false) {
    throw invalidArgument(
      what,
      given,
      "an integer index with at least one of lookup and range",
      "Set one of them to true, or leave it out.",
      { rule: "capability" },
    );
  }
  return { type, options, given: typeof read === "string" ? undefined : structuredClone(read) };
}

/** Whether two indexes with these do the same here. */
export function sameParams(a: FieldParams, b: FieldParams): boolean {
  return a.type === b.type && indexOptions(a) === indexOptions(b);
}

const WITHOUT_EFFECT: ReadonlySet<string> = new Set(Object.keys({ ...TENANT, ...PRINCIPAL }));

/** The options that matter, as text: they are in the order of the type's list. */
export function indexOptions({ options }: FieldParams): string {
  return JSON.stringify(Object.entries(options).filter(([name]) => !WITHOUT_EFFECT.has(name)));
}
