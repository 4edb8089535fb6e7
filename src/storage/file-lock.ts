/**
 * One owner per folder, whatever process or container it is in, and none when the owner has died, however it died: the
 * owner listens on a socket in the folder, and the system stops listening when the process ends. No process ids (two
 * containers have the same ones), no times (a suspended owner is still one).
 *
 * ```
 *   DIR/lock/
 *   ├── 41/socket          an owner who died: nobody listens any more
 *   ├── 42/socket          the owner: the highest number counts, and somebody listens
 *   └── <random>/socket    somebody who prepares to become number 43, or died doing so
 *
 *   DIR/lock/43/free       after closing: nobody is the owner
 * ```
 * Becoming the owner is renaming the folder <random>, in which one listens already, to the next number. That works for
 * one only: a folder can't be renamed to one that isn't empty. Numbers never fall, because the highest goes only when
 * a higher one is there; so somebody slow, who found number 41 dead long ago, can't mistake its own number 42 for
 * the highest: it looks again after the renaming, and steps back. (Taking a dead owner's place by removing its file and
 * making one's own can't be made safe: the slow one removes the file of who came in between.)
 *
 * Windows has names for pipes instead, which vanish with their owner.
 *
 * It guards among the processes of one machine. Over a network file system, sockets of other machines look dead.
 */

import type { Server } from "node:net";
import { NearvecError } from "../errors.ts";
import { codeOf, lockedFailure, systemFailure } from "./failures.ts";
import type { NodeModules } from "./node-modules.ts";
import { LOCK_FOLDER } from "./paths.ts";

const SOCKET = "socket";
const FREE = "free";
/** A socket's path has room for 103 bytes (macOS; Linux 107), and Node 20 cuts longer ones without a word. */
const LONGEST_PATH = 103;
/**
 * Bun (1.4) says ECONNREFUSED, too, when more than 512 have asked that the owner had no time to answer, where all others
 * say EAGAIN. So there, somebody who refuses is asked again. An owner that is suspended, and was asked that often, still
 * looks dead to Bun.
 */
const BUN_ASKS_AGAIN = 4;
const BUN_PAUSE_MS = 20;
/** How often others may be quicker before it is safe to say that they have it. */
const ATTEMPTS = 20;

export interface FileLock {
  /** Lets the next one in. Doesn't throw: whatever fails, the lock is gone when the process is. */
  release(): Promise<void>;
}

/**
 * @param folder the store's: absolute, and there
 * @throws {NearvecError} `LOCKED` at once when it has an owner; `STORAGE_DENIED`, `STORAGE_FAILED` when nothing can be
 *   found out
 */
export async function takeLock(node: NodeModules, folder: string): Promise<FileLock> {
  return process.platform === "win32" ? takePipe(node, folder) : await new SocketLock(node, folder).take();
}

async function takePipe({ fs, net, crypto }: NodeModules, folder: string): Promise<FileLock> {
  const real = fs.realpathSync.native(folder);
  const hash = crypto.createHash("sha256").update(real.toLowerCase()).digest("hex").slice(0, 32);
  const server = await listen(net, `\\\\.\\pipe\\nearvec-${hash}`).catch((cause: unknown) => {
    if (codeOf(cause) === "EADDRINUSE" || codeOf(cause) === "EACCES") throw lockedFailure(folder);
    throw systemFailure(cause, "could not lock", folder);
  });
  return { release: () => closed(server) };
}

class SocketLock implements FileLock {
  readonly #node: NodeModules;
  /** The store's folder, and the one of the lock. */
  readonly #store: string;
  readonly #folder: string;
  #number = 0;
  #server: Server | undefined;

  constructor(node: NodeModules, store: string) {
    this.#node = node;
    this.#store = store;
    this.#folder = node.path.join(store, LOCK_FOLDER);
  }

  async take(): Promise<this> {
    try {
      this.#node.fs.mkdirSync(this.#folder, { recursive: true });
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const highest = this.#highest();
        const state = await this.#stateOf(highest);
        if (state === "alive") break;
        if (state === "dead" && (await this.#become(highest + 1))) {
          this.#removeOthers();
          return this;
        }
      }
    } catch (cause) {
      throw this.#failure(cause);
    }
    throw lockedFailure(this.#store);
  }

  async release(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    try {
      this.#leaveFree();
    } catch {
      // The folder may be gone, or not be writable any more. The socket stays and is dead, which frees the lock as well.
    }
    await closed(server);
  }

  /** The highest number there is; 0 when there is none. A folder as small as this one is listed at one moment. */
  #highest(): number {
    return Math.max(0, ...this.#node.fs.readdirSync(this.#folder).map(numberOf));
  }

  async #stateOf(number: number): Promise<"alive" | "dead" | "ending"> {
    if (number === 0) return "dead";
    let refused = 0;
    for (;;) {
      try {
        await this.#withShortPath(String(number), (path) => connect(this.#node.net, path));
        return "alive";
      } catch (cause) {
        switch (codeOf(cause)) {
          case "ECONNREFUSED": // nobody listens
            refused++;
            if (refused > BUN_ASKS_AGAIN || process.versions.bun === undefined) return "dead";
            await new Promise((resolve) => setTimeout(resolve, BUN_PAUSE_MS));
            break;
          case "ENOENT": // there is nothing to listen on
          case "ENOTSOCK": // nor here: tools that copy folders make a file of it
            return "dead";
          case "ECONNRESET": // it listened, but not for long enough to answer
          case "EPIPE":
            return "ending";
          case "EAGAIN": // so many ask that it doesn't keep up with them
            return "alive";
          default:
            throw cause;
        }
      }
    }
  }

  async #become(number: number): Promise<boolean> {
    const { fs, path } = this.#node;
    const name = this.#newName();
    const prepared = path.join(this.#folder, name);
    fs.mkdirSync(prepared);
    let server: Server | undefined;
    try {
      server = await this.#withShortPath(name, (socket) => listen(this.#node.net, socket));
      fs.renameSync(prepared, path.join(this.#folder, String(number)));
    } catch (cause) {
      if (server !== undefined) await closed(server);
      // Somebody else has the number; or took what was prepared for a leftover, and is the owner.
      const isLate = ["ENOTEMPTY", "EEXIST"].includes(codeOf(cause)) || !fs.existsSync(prepared);
      this.#removeEntry(name);
      if (isLate) return false;
      throw cause;
    }
    this.#server = server;
    this.#number = number;
    if (this.#highest() === number) return true;
    this.#server = undefined;
    await closed(server);
    this.#removeEntry(String(number));
    return false;
  }

  /** Gives the next number to nobody. Before the socket is closed, so that nobody else can be about to take it. */
  #leaveFree(): void {
    const { fs, path } = this.#node;
    const prepared = path.join(this.#folder, this.#newName());
    fs.mkdirSync(prepared);
    fs.writeFileSync(path.join(prepared, FREE), "");
    fs.renameSync(prepared, path.join(this.#folder, String(this.#number + 1)));
    this.#removeEntry(String(this.#number));
  }

  /** What others left. Whoever only prepares notices, and finds the owner. */
  #removeOthers(): void {
    for (const name of this.#node.fs.readdirSync(this.#folder)) {
      if (numberOf(name) < this.#number) this.#removeEntry(name);
    }
  }

  /** Never the highest number. Moved away first: an emptied folder could be renamed, or renamed to, before it goes. */
  #removeEntry(name: string): void {
    const { fs, path } = this.#node;
    try {
      const leftover = path.join(this.#folder, this.#newName());
      fs.renameSync(path.join(this.#folder, name), leftover);
      fs.rmSync(leftover, { recursive: true, force: true });
    } catch {
      // Somebody else is at it, or it can't be removed: a leftover of that kind does no harm.
    }
  }

  /** No number: those have no "x". */
  #newName(): string {
    return `x${this.#node.crypto.randomBytes(8).toString("hex")}`;
  }

  /** Calls it with a path of the socket in a folder of the lock, short enough for the system. */
  async #withShortPath<T>(name: string, use: (path: string) => Promise<T>): Promise<T> {
    const { fs, path, os, crypto } = this.#node;
    const full = path.join(this.#folder, name, SOCKET);
    if (new TextEncoder().encode(full).length <= LONGEST_PATH) return await use(full);
    if (process.platform === "linux" && fs.existsSync("/proc/self/fd")) {
      const descriptor = fs.openSync(this.#folder, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
      try {
        return await use(`/proc/self/fd/${descriptor}/${name}/${SOCKET}`);
      } finally {
        fs.closeSync(descriptor);
      }
    }
    const link = path.join(os.tmpdir(), `nearvec-${crypto.randomBytes(6).toString("hex")}`);
    fs.symlinkSync(this.#folder, link);
    try {
      return await use(path.join(link, name, SOCKET));
    } finally {
      fs.unlinkSync(link);
    }
  }

  #failure(cause: unknown): NearvecError {
    const code = codeOf(cause);
    if (cause instanceof NearvecError || code === "EACCES" || code === "EPERM" || code === "EROFS") {
      return systemFailure(cause, "could not lock", this.#store);
    }
    if (code === "ENOSPC" || code === "EDQUOT") return systemFailure(cause, "could not lock", this.#store);
    return new NearvecError(
      "STORAGE_FAILED",
      {
        what: `could not lock ${this.#store}`,
        got: cause instanceof Error ? cause.message : String(cause),
        expected: "a file system that can hold a listening Unix-domain socket",
        todo: "Keep the store on a disk of this machine (or a volume of its container), or open it with `readOnly: true`.",
        subject: { file: this.#store },
      },
      { cause },
    );
  }
}

/** Of a folder's name; -1 for one that is only prepared. */
function numberOf(name: string): number {
  return /^[1-9][0-9]{0,14}$/.test(name) ? Number(name) : -1;
}

function listen(net: NodeModules["net"], path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    // Being connected is the answer.
    const server = net.createServer((socket) => socket.on("error", () => {}).destroy());
    server.once("error", reject);
    // Not shared among the processes of a cluster, as servers are by default.
    server.listen({ path, exclusive: true }, () => {
      server.off("error", reject);
      // Nobody reads what goes wrong with single callers: they have been answered.
      server.on("error", () => {});
      server.unref();
      resolve(server);
    });
  });
}

function connect(net: NodeModules["net"], path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.on("error", reject);
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
