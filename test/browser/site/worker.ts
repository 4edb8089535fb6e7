/** The worker: obeys the window, which obeys the test. */

import { type Command, obey } from "./commands.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<{ number: number; command: Command; args: unknown[] }>) => void;
  postMessage(message: unknown): void;
};

scope.onmessage = async ({ data: { number, command, args } }) => {
  const reply = await obey((what) => scope.postMessage({ report: what }), command, args);
  scope.postMessage({ number, reply });
};
