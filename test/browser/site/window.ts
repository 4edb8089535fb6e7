/** The page: does what a test asks, itself or in a worker of its own. */

import { type Command, obey, type Reply } from "./commands.ts";

interface Message {
  readonly report?: unknown;
  readonly number: number;
  readonly reply: Reply;
}

const page = globalThis as unknown as {
  /** Made by the test. */
  report?: (what: unknown) => void;
  inWindow: (command: Command, ...args: unknown[]) => Promise<Reply>;
  inWorker: (command: Command, ...args: unknown[]) => Promise<Reply>;
  endWorker: () => void;
};

let worker: Worker | undefined;
let calls = 0;
const waiting = new Map<number, (reply: Reply) => void>();
const report = (what: unknown) => page.report?.(what);

page.inWindow = (command, ...args) => obey(report, command, args);

page.inWorker = (command, ...args) => {
  worker ??= start();
  const number = ++calls;
  const reply = new Promise<Reply>((resolve) => waiting.set(number, resolve));
  worker.postMessage({ number, command, args });
  return reply;
};

page.endWorker = () => {
  worker?.terminate();
  worker = undefined;
};

function start(): Worker {
  const started = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  started.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.report !== undefined) report(data.report);
    else waiting.get(data.number)?.(data.reply);
  };
  started.onerror = ({ message }) => console.error(`the worker: ${message}`);
  return started;
}
