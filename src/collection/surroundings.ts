/**
 * What a collection needs from the outside, injected: tests decide when time passes and when background work
 * runs, and a replayed operation meets nothing that could make it end differently.
 */
export interface Surroundings {
  /** Milliseconds since some fixed moment. It may stand still while code runs, as in some edge runtimes. */
  now(): number;
  /**
   * Runs the task in a later turn of the event loop, after pending I/O and timers have had theirs; returns
   * what cancels it. An urgent task runs as soon as that allows and keeps the process alive until then,
   * because somebody waits for it.
   */
  schedule(task: () => void, urgent: boolean): () => void;
  /** Seed of every collection's graph: equal operations in equal order build equal graphs. */
  readonly seed: number;
  /**
   * The most memory that the vectors of one space may take, in bytes. Default: what WebAssembly can address.
   */
  readonly maxSpaceBytes?: number;
}

const SEED = 0x6e656172; // "near"

/** The surroundings of a running program. */
export function runtimeSurroundings(): Surroundings {
  return { now: () => performance.now(), schedule: scheduler(), seed: SEED };
}

function scheduler(): Surroundings["schedule"] {
  if (typeof setImmediate === "function") {
    return (task, urgent) => {
      if (urgent) {
        // Immediates run after the poll phase: one slice, then I/O and timers, then the next slice.
        const handle = setImmediate(task);
        return () => clearImmediate(handle);
      }
      // Not an unref'd immediate: with nothing else to do, the loop would sleep in its poll phase and never
      // come to it.
      const handle = setTimeout(task, 0);
      if (typeof handle === "object") handle.unref();
      return () => clearTimeout(handle);
    };
  }
  if (typeof MessageChannel === "function") return messageScheduler();
  return (task) => {
    const handle = setTimeout(task, 0);
    return () => clearTimeout(handle);
  };
}

/** Browsers: a message is a task like any other, without the 4 ms that nested timers are held back for. */
function messageScheduler(): Surroundings["schedule"] {
  const { port1, port2 } = new MessageChannel();
  const waiting: { task: (() => void) | undefined }[] = [];
  port1.onmessage = () => waiting.shift()?.task?.();
  return (task) => {
    const entry: (typeof waiting)[number] = { task };
    waiting.push(entry);
    port2.postMessage(null);
    return () => {
      entry.task = undefined;
    };
  };
}
