import fc from "fast-check";
import { expect, test } from "vitest";
import { narrowed } from "../../src/collection/narrowing.ts";
import { bitmapWords, decodeOperation, Kind, UpsertMode } from "../../src/collection/operation.ts";
import { OperationEncoder } from "../../src/collection/operation-encoder.ts";
import type { Rows } from "../../src/vectors/rows.ts";

const SIZE = 2;
const value = fc.float({ noNaN: true, noDefaultInfinity: true });
const dense = fc.array(value, { minLength: SIZE, maxLength: SIZE });
const aPoint = fc.record({
  id: fc.oneof(fc.nat(), fc.uuid()),
  payload: fc.option(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()), { nil: undefined }),
  dense: fc.option(dense, { nil: undefined }),
  sparse: fc.option(fc.dictionary(fc.nat({ max: 99 }).map(String), value), { nil: undefined }),
  multi: fc.option(fc.array(dense, { minLength: 1, maxLength: 3 }), { nil: undefined }),
});
type Point = typeof aPoint extends fc.Arbitrary<infer T> ? T : never;

/** The operation that a request for these points becomes. */
function encode(points: readonly Point[], kind: "upsert" | "update"): Uint8Array {
  const encoder = new OperationEncoder();
  if (kind === "upsert") encoder.beginUpsert(points.length, UpsertMode.UPDATE_ONLY);
  else encoder.beginUpdateVectors(points.length);
  encoder.ids().setAll(
    points.map(({ id }) => id),
    String,
  );
  encoder.beginVectors("", SIZE);
  points.forEach((point, index) => {
    if (point.dense !== undefined) encoder.floats.set(point.dense, encoder.row(index));
  });
  encoder.endVectors();
  const has = (name: "sparse" | "multi") => {
    const bitmap = new Uint32Array(bitmapWords(points.length));
    points.forEach((point, i) => {
      if (point[name] !== undefined) bitmap[i >>> 5] = (bitmap[i >>> 5] ?? 0) | (1 << (i & 31));
    });
    return bitmap;
  };
  encoder.vectors(
    "words",
    has("sparse"),
    sparseRows(points.flatMap(({ sparse }) => (sparse ? [sparse] : []))),
  );
  encoder.vectors("tokens", has("multi"), multiRows(points.flatMap(({ multi }) => (multi ? [multi] : []))));
  if (kind === "upsert") {
    encoder.beginPayloads();
    for (const { payload } of points) encoder.payload(payload ? JSON.stringify(payload) : "");
  }
  return encoder.finish();
}

function endsOf(lengths: readonly number[]): Uint32Array {
  let end = 0;
  return Uint32Array.from(lengths, (length) => {
    end += length;
    return end;
  });
}

function sparseRows(rows: readonly Record<string, number>[]): Rows {
  const entries = rows.map((row) => Object.entries(row));
  return {
    type: "sparse",
    count: rows.length,
    ends: endsOf(entries.map(({ length }) => length)),
    indices: Uint32Array.from(entries.flat(), ([index]) => Number(index)),
    values: Float32Array.from(entries.flat(), ([, each]) => each),
  };
}

function multiRows(rows: readonly number[][][]): Rows {
  return {
    type: "multi",
    count: rows.length,
    size: SIZE,
    ends: endsOf(rows.map(({ length }) => length)),
    values: Float32Array.from(rows.flat(2)),
  };
}

test.each(["upsert", "update"] as const)(
  "some points of an %s give the bytes of a request for them",
  (kind) => {
    const points = fc.array(fc.tuple(aPoint, fc.boolean()), { maxLength: 70 });
    fc.assert(
      fc.property(points, (asked) => {
        const bytes = encode(
          asked.map(([point]) => point),
          kind,
        );
        const operation = decodeOperation(bytes);
        if (operation.kind !== Kind.UPSERT && operation.kind !== Kind.UPDATE_VECTORS)
          throw new Error("neither");
        const kept = asked.flatMap(([, keep], index) => (keep ? [index] : []));
        const expected = encode(
          asked.flatMap(([point, keep]) => (keep ? [point] : [])),
          kind,
        );
        expect(narrowed(operation, kept, new OperationEncoder())).toEqual(expected);
      }),
      { seed: 5 },
    );
  },
);
