import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCreateCollection } from "../../src/client/validate-collection.ts";
import { parseUpdateCollection } from "../../src/client/validate-patch.ts";
import type { CollectionConfig } from "../../src/collection/config.ts";
import { NearvecError } from "../../src/errors.ts";
import { conforms, definition } from "./description.ts";
import { requestOf } from "./requests.ts";

type Given = Readonly<Record<string, unknown>>;

/** What the description allows and is refused all the same, each by a text that the request must have for it. */
const REFUSED: readonly [part: string, reason: RegExp][] = [
  ["sharding_method", /"custom"/],
  ["datatype", /"turbo4"/],
  ["enabled", /"enabled":true/],
  ["max_optimization_threads", /"max_optimization_threads":0/],
  ["hnsw_config.m", /"m":1\b/],
  ["sparse_vectors.", /"sparse_vectors"/], // a name that a dense vector has
  ["sparse_vectors[", /"sparse_vectors"/],
];

/** The configuration; undefined when it is refused for one of those reasons. */
function configOf(
  request: unknown,
  parse: (request: unknown) => CollectionConfig,
): CollectionConfig | undefined {
  try {
    return parse(request);
  } catch (error) {
    if (!(error instanceof NearvecError)) throw error;
    const { what } = error.details;
    const reason = REFUSED.find(([part]) => what.includes(part))?.[1];
    expect(reason, error.message).toBeDefined();
    expect(JSON.stringify(request)).toMatch(reason as RegExp);
    return undefined;
  }
}

/** As the description's validator takes it: it knows no nulls, which say here that there is no limit. */
function withoutNulls({ optimizer_config, ...config }: CollectionConfig): unknown {
  const settings = Object.entries(optimizer_config).filter(([, value]) => value !== null);
  return { ...config, optimizer_config: Object.fromEntries(settings) };
}

test("a collection takes what the description allows, and shows it as the description says", () => {
  let taken = 0;
  const property = fc.property(fc.gen(), (g) => {
    const { metadata: _, ...request } = requestOf(definition("CreateCollection"), g).value as Given;
    const config = configOf(request, parseCreateCollection);
    if (config === undefined) return;
    taken++;
    expect(conforms(definition("CollectionConfig"), withoutNulls(config))).toBe(true);
    const { hnsw_config, optimizers_config, ...others } = request;
    const { wal_config, quantization_config, strict_mode_config, ...params } = others;
    expect(config.params).toMatchObject(params);
    expect(config.hnsw_config).toMatchObject(hnsw_config ?? {});
    const auto = (optimizers_config as Given | undefined)?.max_optimization_threads === "auto";
    const optimizer = { ...(optimizers_config as object), ...(auto && { max_optimization_threads: null }) };
    expect(config.optimizer_config).toMatchObject(optimizer);
    const { quantization_config: quantization, strict_mode_config: strict } = config;
    expect([quantization, strict]).toEqual([quantization_config, strict_mode_config]);
    expect(config.wal_config ?? {}).toMatchObject(wal_config ?? {});
  });
  fc.assert(property, { numRuns: 300 });
  expect(taken).toBeGreaterThan(100);
});

test("a patch of what there is takes what the description allows", () => {
  const vectors = { a: { size: 2, distance: "Dot" }, "": { size: 3, distance: "Cosine" } };
  const current = parseCreateCollection({ vectors, sparse_vectors: { "a b": {}, image: {} } });
  let taken = 0;
  const property = fc.property(fc.gen(), (g) => {
    const { metadata: _, ...request } = requestOf(definition("UpdateCollection"), g).value as Given;
    const known = (given: unknown, names: readonly string[]) =>
      Object.fromEntries(Object.entries(given ?? {}).filter(([name]) => names.includes(name)));
    const patch = {
      ...request,
      ...(request.vectors !== undefined && { vectors: known(request.vectors, ["a", ""]) }),
      ...(request.sparse_vectors !== undefined && {
        sparse_vectors: known(request.sparse_vectors, ["a b", "image"]),
      }),
    };
    const config = configOf(patch, (each) => parseUpdateCollection(each, current));
    if (config === undefined) return;
    taken++;
    expect(conforms(definition("CollectionConfig"), withoutNulls(config))).toBe(true);
    expect(config.params).toMatchObject((request.params ?? {}) as object);
    expect(Object.keys(config.params.vectors ?? {})).toEqual(["a", ""]);
    expect(config.quantization_config).toEqual(
      request.quantization_config === "Disabled" ? undefined : request.quantization_config,
    );
  });
  fc.assert(property, { numRuns: 300 });
  expect(taken).toBeGreaterThan(100);
});
