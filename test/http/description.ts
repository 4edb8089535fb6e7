/**
 * The API description as a judge of responses: each must be what it says of its route and status, to the field. ajv checks;
 * here is what turns the description into schemas that it reads.
 */
import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";

interface Schema {
  readonly $ref?: string;
  readonly nullable?: boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly type?: string;
  readonly [keyword: string]: unknown;
}

interface Media {
  readonly schema?: Schema;
}

type Responses = Readonly<Record<string | number, { readonly content?: Readonly<Record<string, Media>> }>>;

const file = new URL("../../build/api/qdrant-api.json", import.meta.url);
const api = JSON.parse(readFileSync(file, "utf8")) as {
  paths: Record<string, Record<string, { responses: Responses }>>;
  components: { schemas: Record<string, Schema> };
};

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema({
  $id: "api",
  definitions: Object.fromEntries(
    Object.entries(api.components.schemas).map(([name, schema]) => [name, adapted(schema)]),
  ),
});

/** Fields that aren't described are refused, and null where nothing allows it. */
function adapted(schema: Schema): object {
  const { nullable, $ref, anyOf, oneOf, properties, additionalProperties, items, ...rest } = schema;
  if (nullable === true) {
    const { nullable: _, ...others } = schema;
    const isNull = { type: "null" };
    return Object.keys(others).length === 0 ? isNull : { anyOf: [adapted(others), isNull] };
  }
  if ($ref !== undefined) return { $ref: `api#/definitions/${$ref.slice($ref.lastIndexOf("/") + 1)}` };
  // In the description one value may be of several kinds: a UUID and another string.
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) return { anyOf: choices.map(adapted) };
  // Numbers are what JSON has; formats are those of other languages.
  const { format: _, ...own } = rest;
  if (properties !== undefined) {
    const fields = Object.entries(properties).map(([name, each]) => [name, adapted(each)]);
    return { ...own, properties: Object.fromEntries(fields), additionalProperties: false };
  }
  if (typeof additionalProperties === "object") {
    return { ...own, additionalProperties: adapted(additionalProperties) };
  }
  return items === undefined ? own : { ...own, items: adapted(items) };
}

const POINTS = "/collections/{collection_name}/points";
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const listOf = (items: Schema): Schema => ({ type: "array", items });

function envelope(result: Schema): Schema {
  return {
    type: "object",
    required: ["result", "status", "time"],
    properties: { result, status: { type: "string", enum: ["ok"] }, time: { type: "number" } },
  };
}

/** What a server has beside the description. */
const UNDESCRIBED: Readonly<Record<string, Schema>> = {
  [`POST ${POINTS}/search`]: envelope(listOf(ref("ScoredPoint"))),
  [`POST ${POINTS}/search/batch`]: envelope(listOf(listOf(ref("ScoredPoint")))),
  [`POST ${POINTS}/search/groups`]: envelope(ref("GroupsResult")),
  [`POST ${POINTS}/recommend`]: envelope(listOf(ref("ScoredPoint"))),
  [`POST ${POINTS}/recommend/batch`]: envelope(listOf(listOf(ref("ScoredPoint")))),
  [`POST ${POINTS}/recommend/groups`]: envelope(ref("GroupsResult")),
  [`POST ${POINTS}/discover`]: envelope(listOf(ref("ScoredPoint"))),
  [`POST ${POINTS}/discover/batch`]: envelope(listOf(listOf(ref("ScoredPoint")))),
};

interface Described {
  readonly verb: string;
  readonly template: string;
  readonly pattern: RegExp;
  readonly responses: Responses | undefined;
}

function pattern(template: string): RegExp {
  return new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]+")}$`);
}

const described: readonly Described[] = [
  ...Object.entries(api.paths).flatMap(([template, verbs]) =>
    Object.entries(verbs).map(([verb, { responses }]) => ({
      verb: verb.toUpperCase(),
      template,
      pattern: pattern(template),
      responses,
    })),
  ),
  ...Object.keys(UNDESCRIBED).map((key) => {
    const [verb = "", template = ""] = key.split(" ");
    return { verb, template, pattern: pattern(template), responses: undefined };
  }),
];

/** All routes there should be, as `GET /collections/{collection_name}`. */
export const ROUTES: readonly string[] = described.map(({ verb, template }) => `${verb} ${template}`);

function routeOf(verb: string, path: string): Described | undefined {
  const fitting = described.filter((each) => each.verb === verb && each.pattern.test(path));
  // The one with the fewest parts that may be anything.
  return fitting.toSorted((a, b) => a.template.split("{").length - b.template.split("{").length)[0];
}

const compiled = new Map<string, ValidateFunction>();

function validator(key: string, schema: Schema): ValidateFunction {
  let validate = compiled.get(key);
  if (validate === undefined) {
    validate = ajv.compile(adapted(schema));
    compiled.set(key, validate);
  }
  return validate;
}

const ERROR: Schema = {
  type: "object",
  required: ["status", "time"],
  properties: {
    status: { type: "object", required: ["error"], properties: { error: { type: "string", minLength: 1 } } },
    time: { type: "number" },
  },
};

/** What a response has against the description; empty if all is well. */
export function complaints(verb: string, url: string, status: number, type: string, text: string): string[] {
  // A slash at the end makes no difference.
  const path = new URL(url, "http://localhost").pathname.replace(/(?<=.)\/$/, "");
  const route = routeOf(verb, path);
  const where = `${verb} ${path} ${status}`;
  if (status >= 400) return jsonComplaints(where, "error", ERROR, type, text);
  const isDescribed = status === 200 || route?.responses?.[status] !== undefined;
  if (!isDescribed) return [`${where}: no such status is described`];
  if (route === undefined) return [`${where}: answered, but not described`];
  const key = `${route.verb} ${route.template}`;
  const undescribed = UNDESCRIBED[key];
  if (undescribed !== undefined) return jsonComplaints(where, key, undescribed, type, text);
  const content = route.responses?.[status]?.content ?? {};
  const [media = "", { schema = {} } = {}] = Object.entries(content)[0] ?? [];
  if (media === "application/json") return jsonComplaints(where, `${key} ${status}`, schema, type, text);
  return type.startsWith(media) ? [] : [`${where}: is ${type}, not ${media}`];
}

function jsonComplaints(where: string, key: string, schema: Schema, type: string, text: string): string[] {
  if (type !== "application/json") return [`${where}: is ${type}, not application/json`];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [`${where}: no JSON: ${text.slice(0, 80)}`];
  }
  const validate = validator(key, schema);
  if (validate(value)) return [];
  return (validate.errors ?? []).slice(0, 5).map((error) => {
    const params = JSON.stringify(error.params);
    return `${where}: ${error.instancePath} ${error.message} ${params}: ${text.slice(0, 200)}`;
  });
}
