import { invalidArgument } from "../errors.ts";
import { checkFields, checkObject, fields, type Given, oneOf, optionalBoolean } from "../fields.ts";
import { checkTextOptions, TEXT_OPTIONS } from "../text/text-params.ts";

export type IndexType = "keyword" | "integer" | "float" | "geo" | "text" | "bool" | "datetime" | "uuid";

/** What an index was created with. */
export interface FieldParams {
  readonly type: IndexType;
  /** Every option of the type, defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  /** As it was given, to be shown; undefined when it was the bare name of a type. */
  readonly given: Given | undefined;
}

type Check = (value: unknown, what: string) => unknown;

const flag =
  (otherwise: boolean): Check =>
  (value, what) =>
    optionalBoolean(value, what, otherwise);

/** Where a server keeps an index, and whether it builds links for it: accepted, and without effect here. */
const COMMON: Readonly<Record<string, Check>> = {
  on_disk: flag(false),
  memory: (value, what) => (value == null ? null : oneOf(value, what, ["cold", "cached", "pinned"])),
  enable_hnsw: flag(true),
};
const TENANT = { ...COMMON, is_tenant: flag(false) };
const PRINCIPAL = { ...COMMON, is_principal: flag(false) };

const OPTIONS: Readonly<Record<IndexType, Readonly<Record<string, Check>>>> = {
  keyword: { ...TENANT, prefix: flag(false) },
  integer: { ...PRINCIPAL, lookup: flag(true), range: flag(true) },
  float: PRINCIPAL,
  geo: COMMON,
  text: { ...COMMON, ...TEXT_OPTIONS },
  bool: COMMON,
  datetime: PRINCIPAL,
  uuid: TENANT,
};

const TYPES = Object.keys(OPTIONS) as readonly IndexType[];

/**
 * Reads `field_schema`: the name of a type, or an object with it and its options.
 *
 * @throws {NearvecError} `INVALID_ARGUMENT`
 */
export function parseFieldParams(value: unknown, what: string): FieldParams {
  if (typeof value === "string") return paramsOf(oneOf(value, what, TYPES), {}, undefined, what);
  checkObject(value, what, `the name of a type (${TYPES.join(", ")}), or an object with a type`);
  const given = Object.fromEntries(Object.entries(value).filter(([, each]) => each != null));
  return paramsOf(oneOf(given.type, `${what}.type`, TYPES), given, structuredClone(given), what);
}

function paramsOf(type: IndexType, given: Given, shown: Given | undefined, what: string): FieldParams {
  const checks = OPTIONS[type];
  checkFields(given, what, fields(["type", ...Object.keys(checks)]));
  const options = Object.fromEntries(
    Object.entries(checks).map(([name, check]) => [name, check(given[name], `${what}.${name}`)]),
  );
  if (type === "text") checkTextOptions(options, what);
  if (options.lookup === false && options.range === false) {
    throw invalidArgument(
      what,
      given,
      "an integer index with at least one of lookup and range",
      "Set one of them to true, or leave it out.",
    );
  }
  return { type, options, given: shown };
}

/** Whether two indexes with these do the same. */
export function sameParams(a: FieldParams, b: FieldParams): boolean {
  // Options are in the order of the type's list.
  return a.type === b.type && JSON.stringify(a.options) === JSON.stringify(b.options);
}
