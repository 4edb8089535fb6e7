import { describe, expect, test } from "vitest";
import { compile } from "../../build/core.mjs";
import { dataSegments, importedMemory } from "./wasm-binary.ts";

// Not published while there are no worker threads, but the same source has to stay ready for them.
describe.each(["core.shared.wasm", "core.shared.relaxed.wasm"])("%s", (name) => {
  test("compiles, and takes a shared memory of up to 4 GiB", async () => {
    const bytes = await compile(name);
    expect(importedMemory(bytes)).toEqual({ shared: true, initial: 1, maximum: 65536 });
    expect(dataSegments(bytes)).toEqual([]);

    const module = await WebAssembly.compile(new Uint8Array(bytes));
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
    const instances = await Promise.all(
      [1, 2].map(() => WebAssembly.instantiate(module, { env: { memory } })),
    );
    expect(instances).toHaveLength(2);
  });
});
