// A builder thread: takes a seat in the shared memory it is given and inserts until it is told to stop.
import { parentPort, workerData } from "node:worker_threads";
import type { CoreExports } from "../../src/core/abi.ts";

const { module, memory, stop } = workerData as {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  stop: SharedArrayBuffer;
};
const core = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as CoreExports;
const flag = new Int32Array(stop);
parentPort?.postMessage({ seat: core.attach() });
while (Atomics.load(flag, 0) === 0) {
  if (core.indexSome(20_000) === 0) Atomics.wait(flag, 0, 0, 1);
}
core.detach();
