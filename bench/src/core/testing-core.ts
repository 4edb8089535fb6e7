/** The core with its kernels and their scalar twins exported: assembly/testing.ts, compiled here and now. */

import { compile } from "../../../build/core.mjs";
import type { CoreExports } from "../../../src/core/abi.ts";

export interface TestingCore extends CoreExports {
  /** Each runs a kernel over `count` vectors in a row, `rounds` times, without leaving the module. */
  timeKernel: KernelTimer;
  timeKernel4: KernelTimer;
  timeScalar: KernelTimer;
  /** Reads a range and adds up its floats. */
  sumBytes(from: number, bytes: number): number;
}

export type KernelTimer = (
  metric: number,
  query: number,
  vectors: number,
  bytes: number,
  count: number,
  rounds: number,
) => number;

export type BuildName = "plain SIMD" | "relaxed SIMD";

const FILES: Readonly<Record<BuildName, string>> = {
  "plain SIMD": "core.wasm",
  "relaxed SIMD": "core.relaxed.wasm",
};

export async function testingCore(
  build: BuildName,
  pages: number,
): Promise<{ core: TestingCore; memory: WebAssembly.Memory }> {
  const bytes = await compile(FILES[build], { entry: "assembly/testing.ts" });
  const memory = new WebAssembly.Memory({ initial: pages, maximum: 65536 });
  const { instance } = await WebAssembly.instantiate(new Uint8Array(bytes), { env: { memory } });
  return { core: instance.exports as unknown as TestingCore, memory };
}
