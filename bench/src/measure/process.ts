/** The benchmark's end of a peer's process. */

import { type ChildProcess, fork } from "node:child_process";
import type { Replies, Reply, Request } from "../peers/protocol.ts";

interface Waiting {
  readonly resolve: (reply: Reply<Request["op"]>) => void;
  readonly reject: (error: Error) => void;
}

export class PeerProcess {
  readonly name: string;
  readonly #child: ChildProcess;
  #pending: Waiting | undefined;

  /** `module` is the file in src/peers, `name` what reports call it. */
  constructor(name: string, module: string) {
    this.name = name;
    // What a library prints belongs on standard error: standard output is the report.
    this.#child = fork(new URL("../peers/serve.ts", import.meta.url), [module], {
      serialization: "advanced",
      execArgv: ["--expose-gc"],
      stdio: ["ignore", 2, 2, "ipc"],
    });
    this.#child.on("message", (reply: Reply<Request["op"]>) => this.#settle()?.resolve(reply));
    this.#child.on("error", (error) => this.#settle()?.reject(error));
    this.#child.on("exit", (code, signal) =>
      this.#settle()?.reject(new Error(`its process ended with ${signal ?? `code ${code}`}`)),
    );
  }

  /** One request at a time. Rejects with the peer's message, or when its process ends. */
  async ask<Op extends Request["op"]>(request: Extract<Request, { op: Op }>): Promise<Replies[Op]> {
    const reply = await new Promise<Reply<Op>>((resolve, reject) => {
      if (!this.#child.connected) throw new Error("its process is gone");
      // Only one request is under way, so the next reply is the one to it.
      this.#pending = { resolve: resolve as Waiting["resolve"], reject };
      this.#child.send(request);
    });
    if (!reply.ok) throw new Error(reply.error);
    return reply.value;
  }

  /** Ends the process; waits a moment for the library to clean up. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => this.#child.once("exit", () => resolve()));
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 10_000);
    await this.ask({ op: "close" }).catch(() => this.#child.kill());
    await ended;
    clearTimeout(timer);
  }

  #settle(): Waiting | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    return pending;
  }
}
