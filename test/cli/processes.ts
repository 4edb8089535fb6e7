/** The command line as a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
/** Processes start often here, and most of a start is compiling the same files. Node tells changed ones by their content. */
export const COMPILED = { NODE_COMPILE_CACHE: join(tmpdir(), "nearvec-tests-compiled") };

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running extends AsyncDisposable {
  readonly process: ChildProcess;
  /** When it is at its end. */
  readonly finished: Promise<Finished>;
  /** What standard output said so far, once it has that. */
  until(text: string): Promise<string>;
}

export function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  program = main,
): Running {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, ...COMPILED, NO_COLOR: "1", ...env },
  });
  let out = "";
  let err = "";
  const waiting: (() => void)[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    for (const look of waiting) look();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const finished = new Promise<Finished>((resolve) => {
    child.once("close", (code) => resolve({ code, out, err }));
  });
  return {
    process: child,
    finished,
    until: (text) =>
      new Promise((resolve, reject) => {
        const look = () => out.includes(text) && resolve(out);
        waiting.push(look);
        look();
        void finished.then(() => reject(new Error(`ended without ${JSON.stringify(text)}: ${out}${err}`)));
      }),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) child.kill("SIGKILL");
      await finished;
    },
  };
}

/** A server as a process, at any port that is free. */
export async function serve(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Running & { readonly url: string }> {
  const running = start(["serve", "--port", "0", ...args], env);
  const out = await running.until("Data is");
  return { ...running, url: /http:\/\/\S+?:\d+/.exec(out)?.[0] ?? "" };
}

/** Bytes on a connection, and all that came back by its end. */
export class Wire {
  readonly #socket: Socket;
  readonly ended: Promise<string>;
  #text = "";

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#socket = connect(Number(port), hostname);
    this.#socket.setEncoding("utf8").on("data", (text: string) => {
      this.#text += text;
    });
    this.ended = new Promise((resolve) => {
      this.#socket.on("error", () => resolve(this.#text)).on("close", () => resolve(this.#text));
    });
  }

  get text(): string {
    return this.#text;
  }

  send(text: string): this {
    this.#socket.write(text);
    return this;
  }

  async until(text: string): Promise<void> {
    while (!this.#text.includes(text)) {
      if (this.#socket.destroyed) throw new Error(`closed without ${JSON.stringify(text)}: ${this.#text}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}
