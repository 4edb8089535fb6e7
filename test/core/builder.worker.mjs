// A builder thread: takes a seat in the shared memory it is given and inserts until it is told to stop.
import { parentPort, workerData } from "node:worker_threads";

const { module, memory, stop } = workerData;
const { exports: core } = new WebAssembly.Instance(module, { env: { memory } });
const seat = core.attach();
parentPort.postMessage({ seat });
const flag = new Int32Array(stop);
while (Atomics.load(flag, 0) === 0) {
  if (core.indexSome(20_000) === 0) Atomics.wait(flag, 0, 0, 1);
}
core.detach();
parentPort.postMessage({ done: true });
