import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { floatsOf, npyHeader, parseNpy } from "../../src/cli/npy.ts";

const header = (text: string, version = 1) => {
  const long = version > 1;
  const bytes = new Uint8Array((long ? 12 : 10) + text.length);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), version, 0]);
  const view = new DataView(bytes.buffer);
  if (long) view.setUint32(8, text.length, true);
  else view.setUint16(8, text.length, true);
  bytes.set(new TextEncoder().encode(text), long ? 12 : 10);
  return bytes;
};

test("what is written is read", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 65_536 }), (rows, columns) => {
      const bytes = npyHeader(rows, columns);
      expect(bytes.length % 64).toBe(0);
      expect(bytes.at(-1)).toBe(0x0a);
      expect(parseNpy(bytes)).toEqual({ rows, columns, start: bytes.length, width: 4 });
    }),
    { seed: 7 },
  );
});

describe("headers as NumPy writes them", () => {
  test("are read, of any version", () => {
    const text = "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }   \n";
    expect(parseNpy(header(text))).toEqual({ rows: 3, columns: 2, start: 10 + text.length, width: 8 });
    expect(parseNpy(header(text, 2))).toMatchObject({ start: 12 + text.length });
  });

  test.each([
    ["{'descr': '<i8', 'fortran_order': False, 'shape': (3, 2), }", "holds <i8"],
    ["{'descr': '>f4', 'fortran_order': False, 'shape': (3, 2), }", "holds >f4"],
    ["{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2), }", "row after row"],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", "row after row"],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2, 1), }", "row after row"],
  ])("%s is refused", (text, message) => {
    expect(() => parseNpy(header(text))).toThrow(message);
  });

  test.each(["(3, 0)", "(1, 1000000000000)"])("vectors of shape %s are refused", (shape) => {
    const text = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`;
    expect(() => parseNpy(header(text))).toThrow("expected 1 to 65536");
  });

  test("headers that end early, or don't end, are refused", () => {
    const text = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }";
    for (const version of [1, 2]) {
      const bytes = header(text, version);
      for (let end = 6; end < bytes.length; end++) {
        expect(() => parseNpy(bytes.subarray(0, end))).toThrow("ends within its header");
      }
      expect(() => parseNpy(header(text.padEnd(5000), version))).toThrow("more than 4096 bytes");
    }
  });

  test("other files are refused", () => {
    expect(() => parseNpy(new TextEncoder().encode("id,vector\n1,2\n"))).toThrow("no .npy file");
    expect(() => parseNpy(new Uint8Array(0))).toThrow("no .npy file");
  });
});

test("doubles become floats", () => {
  const doubles = new Float64Array([0.1, -1e300, 3]);
  expect([...floatsOf(new Uint8Array(doubles.buffer), 8)]).toEqual([Math.fround(0.1), -Infinity, 3]);
  const floats = new Float32Array([0.1, 2]);
  expect(floatsOf(new Uint8Array(floats.buffer), 4)).toEqual(floats);
});
