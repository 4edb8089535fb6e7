import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeOperation, HEADER_BYTES, Kind, UpsertMode } from "../../src/collection/operation.ts";
import { OperationEncoder } from "../../src/collection/operation-encoder.ts";
import type { Rows } from "../../src/vectors/rows.ts";

const place = (index: number) => `ids[${index}]`;

const aPoint = fc.record({
  id: fc.oneof(fc.nat(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.uuid()),
  vector: fc.option(
    fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 3, maxLength: 3 }),
  ),
  payload: fc.oneof(fc.constant(""), fc.json()),
});
type Point = typeof aPoint extends fc.Arbitrary<infer T> ? T : never;

function encodeUpsert(encoder: OperationEncoder, points: Point[], space: string): Uint8Array {
  encoder.beginUpsert(points.length);
  encoder.ids().setAll(
    points.map((point) => point.id),
    place,
  );
  encoder.beginVectors(space, 3);
  points.forEach(({ vector }, index) => {
    if (vector !== null) encoder.floats.set(vector, encoder.row(index));
  });
  encoder.endVectors();
  encoder.beginPayloads();
  for (const { payload } of points) encoder.payload(payload);
  return encoder.finish();
}

function readBack(bytes: Uint8Array): { space: string; points: Point[] } {
  const operation = decodeOperation(bytes);
  if (operation.kind !== Kind.UPSERT) throw new Error("not an upsert");
  const [vectors] = operation.vectors;
  if (vectors === undefined) throw new Error("no vectors");
  let row = 0;
  let from = 0;
  const points = Array.from({ length: operation.ids.length }, (_, i) => {
    const present = ((vectors.presence[i >>> 5] ?? 0) >>> (i & 31)) & 1;
    const vector = present === 1 ? [...vectors.rows.values.subarray(row * 3, ++row * 3)] : null;
    const end = from + (operation.payloadLengths[i] ?? 0);
    const payload = new TextDecoder().decode(operation.payloads.subarray(from, end));
    from = end;
    return { id: operation.ids.at(i), vector, payload };
  });
  expect(vectors.rows).toMatchObject({ type: "dense", count: row, size: 3 });
  return { space: vectors.name, points };
}

/** Ids as they come back. */
function canonical(points: Point[]): Point[] {
  return points.map((point) => ({
    ...point,
    id:
      typeof point.id === "bigint" && point.id <= BigInt(Number.MAX_SAFE_INTEGER)
        ? Number(point.id)
        : point.id,
  }));
}

describe("an operation", () => {
  test("comes back as it was written, whatever was written into the buffer before", () => {
    const encoder = new OperationEncoder();
    fc.assert(
      fc.property(
        fc.array(aPoint, { maxLength: 70 }),
        fc.string({ unit: "grapheme", maxLength: 9 }),
        (points, space) => {
          const bytes = encodeUpsert(encoder, points, space);
          expect(bytes.length % 4).toBe(0);
          expect(readBack(bytes)).toEqual({ space, points: canonical(points) });
        },
      ),
    );
  });

  test("is the same bytes for the same request", () => {
    const points: Point[] = [
      { id: 1, vector: [1, 2, 3], payload: '{"a":"ä"}' },
      { id: 2, vector: null, payload: "" },
    ];
    const fresh = encodeUpsert(new OperationEncoder(), points, "").slice();
    const used = new OperationEncoder();
    encodeUpsert(used, [{ id: 2n ** 64n - 1n, vector: [9, 9, 9], payload: "x".repeat(5000) }], "other");
    expect(encodeUpsert(used, points, "")).toEqual(fresh);
  });

  test("is read in place", () => {
    const bytes = encodeUpsert(new OperationEncoder(), [{ id: 1, vector: [1, 2, 3], payload: "{}" }], "");
    const operation = decodeOperation(bytes);
    if (operation.kind !== Kind.UPSERT) throw new Error("not an upsert");
    for (const view of [
      operation.ids.words,
      operation.vectors[0]?.rows.values,
      operation.payloadLengths,
      operation.payloads,
    ]) {
      expect(view?.buffer).toBe(bytes.buffer);
    }
  });

  test("may hold ids alone", () => {
    const encoder = new OperationEncoder();
    encoder.begin(Kind.DELETE, 3);
    encoder.ids().setAll([7, 8n, "550e8400-e29b-41d4-a716-446655440000"], place);
    const operation = decodeOperation(encoder.finish());
    expect(operation.kind).toBe(Kind.DELETE);
    expect([0, 1, 2].map((i) => operation.ids.at(i))).toEqual([7, 8, "550e8400-e29b-41d4-a716-446655440000"]);
  });

  test.each([Kind.SET_PAYLOAD, Kind.OVERWRITE_PAYLOAD, Kind.DELETE_PAYLOAD, Kind.DELETE_VECTORS])(
    "of kind %i says one thing of all its points",
    (kind) => {
      const encoder = new OperationEncoder();
      fc.assert(
        fc.property(
          fc.array(fc.nat(), { maxLength: 9 }),
          fc.string({ unit: "grapheme", maxLength: 9 }),
          fc.json(),
          (ids, key, json) => {
            encoder.begin(kind, ids.length);
            encoder.ids().setAll(ids, place);
            encoder.text(key, json);
            const operation = decodeOperation(encoder.finish());
            if (operation.kind !== kind) throw new Error("another kind");
            expect(ids.map((_, i) => operation.ids.at(i))).toEqual(ids);
            expect([operation.key, new TextDecoder().decode(operation.text)]).toEqual([key, json]);
          },
        ),
      );
    },
  );

  test("may bring vectors without payloads", () => {
    const encoder = new OperationEncoder();
    encoder.beginUpdateVectors(2);
    encoder.ids().setAll([1, 2], place);
    encoder.beginVectors("", 3);
    encoder.floats.set([1, 2, 3], encoder.row(1));
    encoder.endVectors();
    const operation = decodeOperation(encoder.finish());
    if (operation.kind !== Kind.UPDATE_VECTORS) throw new Error("another kind");
    expect(operation.vectors).toMatchObject([{ name: "", rows: { type: "dense", size: 3, count: 1 } }]);
    expect([...(operation.vectors[0]?.rows.values ?? [])]).toEqual([1, 2, 3]);
  });

  test("may bring vectors of every kind", () => {
    const sparse: Rows = {
      type: "sparse",
      count: 2,
      ends: Uint32Array.of(2, 2),
      indices: Uint32Array.of(7, 2 ** 32 - 1),
      values: Float32Array.of(0.5, -1),
    };
    const multi: Rows = {
      type: "multi",
      count: 1,
      size: 2,
      ends: Uint32Array.of(3),
      values: Float32Array.of(1, 2, 3, 4, 5, 6),
    };
    const encoder = new OperationEncoder();
    encoder.beginUpdateVectors(40);
    encoder.ids().setAll(
      Uint32Array.from({ length: 40 }, (_, i) => i),
      place,
    );
    encoder.vectors("s", Uint32Array.of(0b11, 0), sparse);
    encoder.vectors("ä multi", Uint32Array.of(0, 1), multi);
    const operation = decodeOperation(encoder.finish());
    if (operation.kind !== Kind.UPDATE_VECTORS) throw new Error("another kind");
    expect(operation.vectors).toEqual([
      { name: "s", presence: Uint32Array.of(0b11, 0), rows: sparse },
      { name: "ä multi", presence: Uint32Array.of(0, 1), rows: multi },
    ]);
  });

  test("says what an upsert does with points that are there", () => {
    const encoder = new OperationEncoder();
    encoder.beginUpsert(0, UpsertMode.UPDATE_ONLY);
    encoder.ids();
    encoder.beginPayloads();
    expect(decodeOperation(encoder.finish())).toMatchObject({
      kind: Kind.UPSERT,
      mode: UpsertMode.UPDATE_ONLY,
    });
  });

  test.each([
    ["another file", (bytes: Uint8Array) => bytes.fill(0), "first four bytes"],
    ["a later version", (bytes: Uint8Array) => bytes.fill(9, 4, 5), "version"],
    ["an unknown kind", (bytes: Uint8Array) => bytes.fill(99, 5, 6), "kind"],
    ["a part of one", (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 4), "length"],
  ])("%s is not read", (_, damage, text) => {
    const bytes = damage(
      encodeUpsert(new OperationEncoder(), [{ id: 1, vector: [1, 2, 3], payload: "{}" }], ""),
    );
    expect(() => decodeOperation(bytes)).toThrow(text);
  });

  test("has the header that the layout draws", () => {
    const bytes = encodeUpsert(new OperationEncoder(), [{ id: 5, vector: [1, 2, 3], payload: "{}" }], "");
    const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
    expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe("nvop");
    expect([view.getUint8(4), view.getUint8(5), view.getUint16(6)]).toEqual([1, Kind.UPSERT, 0]);
    expect([8, 12, 16, 20].map((at) => view.getUint32(at, true))).toEqual([1, 1, 2, bytes.length]);
  });

  test("that was given up half-way leaves the encoder as good as new", () => {
    const encoder = new OperationEncoder();
    encoder.beginUpsert(100);
    encoder.ids();
    encoder.beginVectors("", 3);
    encoder.row(99);
    const point: Point = { id: 1, vector: [1, 2, 3], payload: "{}" };
    expect(readBack(encodeUpsert(encoder, [point], "")).points).toEqual([point]);
  });

  test("that would not fit is refused before anything is allocated", () => {
    const encoder = new OperationEncoder();
    encoder.beginUpsert(100_000);
    encoder.ids();
    expect(() => encoder.beginVectors("", 65_536)).toThrow("Send the points in several calls");
  });
});

test("payloads survive the buffer's growing at any of them", () => {
  const payloads = Array.from({ length: 20_000 }, (_, n) => JSON.stringify({ n }));
  const points = payloads.map((payload, id): Point => ({ id, vector: null, payload }));
  const { points: read } = readBack(encodeUpsert(new OperationEncoder(), points, ""));
  expect(read.map(({ payload }) => payload)).toEqual(payloads);
});
