/** Settings of quantization are taken and shown; they don't change answers. */
import { expect, test } from "vitest";
import { ids, untyped, withCollection } from "./support.ts";

const KINDS = [
  { scalar: { type: "int8", quantile: 0.99, always_ram: true } },
  { product: { compression: "x16" } },
  { binary: { always_ram: false } },
];
type Quantization = { scalar: { type: "int8" } };

const points = [1, 2, 3].map((id) => ({ id, vector: [id, 1, 0, 0] }));

test.each(KINDS)("%j of a collection", async (kind) => {
  const quantization_config = untyped<Quantization>(kind);
  await using client = await withCollection(
    { vectors: { size: 4, distance: "Dot" }, quantization_config },
    points,
  );
  expect((await client.getCollection("c")).config.quantization_config).toMatchObject(kind);
  for (const quantization of [{ ignore: true }, { rescore: true, oversampling: 2 }]) {
    const answer = await client.query("c", { query: [1, 0, 0, 0], params: { quantization } });
    expect(ids(answer)).toEqual([3, 2, 1]);
  }
});

test.each(KINDS)("%j of a vector", async (kind) => {
  const quantization_config = untyped<Quantization>(kind);
  await using client = await withCollection({
    vectors: { a: { size: 4, distance: "Dot", quantization_config } },
  });
  expect((await client.getCollection("c")).config.params.vectors).toMatchObject({
    a: { quantization_config: kind },
  });
});

test("of a collection that is there", async () => {
  await using client = await withCollection({ vectors: { size: 4, distance: "Dot" } }, points);
  await client.updateCollection("c", { quantization_config: { scalar: { type: "int8" } } });
  expect((await client.getCollection("c")).config.quantization_config).toMatchObject({
    scalar: { type: "int8" },
  });
  await client.updateCollection("c", { quantization_config: "Disabled" });
  expect((await client.getCollection("c")).config.quantization_config ?? null).toBeNull();
});
