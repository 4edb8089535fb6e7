/** A Chromium of the system's, with a profile that lasts as long as the test wants. */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import type { Command, Reply } from "./site/commands.ts";

const PLACES = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Undefined when there is none; then it says how to get one. */
export function findChromium(): string | undefined {
  const found = PLACES.find((place) => place !== undefined && existsSync(place));
  if (found === undefined) {
    console.warn("No Chromium, so no tests in it: `apt-get install chromium`, or set CHROMIUM to its path.");
  }
  return found;
}

const FLAGS = [
  "--headless=new",
  "--remote-debugging-port=0",
  "--no-first-run",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-extensions",
  // A site that browsers don't trust, as any without HTTPS that isn't localhost.
  "--host-resolver-rules=MAP insecure.test 127.0.0.1",
  // The sandbox refuses to run as root, which continuous integration often is.
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];
/** Milliseconds until it must have started. */
const PATIENCE = 30_000;

export class Chromium {
  readonly #path: string;
  readonly #profile = mkdtempSync(join(tmpdir(), "nearvec-chromium-"));
  #process: ChildProcess | undefined;
  #browser: Browser | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async start(): Promise<void> {
    const portFile = join(this.#profile, "DevToolsActivePort");
    rmSync(portFile, { force: true });
    const options = { detached: true, stdio: "ignore" } as const;
    const started = spawn(this.#path, [...FLAGS, `--user-data-dir=${this.#profile}`, "about:blank"], options);
    this.#process = started;
    for (let waited = 0; !existsSync(portFile) || readFileSync(portFile, "utf8").split("\n").length < 2; ) {
      if (waited >= PATIENCE || started.exitCode !== null) throw new Error("Chromium doesn't start");
      await sleep(50);
      waited += 50;
    }
    const [port] = readFileSync(portFile, "utf8").split("\n");
    this.#browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
  }

  get context(): BrowserContext {
    return (this.#browser as Browser).contexts()[0] as BrowserContext;
  }

  /** A tab with the site in it. @param report what happens there meanwhile */
  async tab(url: string, report?: (what: unknown) => void): Promise<Tab> {
    const page = await this.context.newPage();
    if (report !== undefined) await page.exposeFunction("report", report);
    page.on("console", (message) => message.type() === "error" && console.error(message.text()));
    await page.goto(url);
    return new Tab(page);
  }

  /** All of its processes, as if somebody had pulled the plug on the program. The profile stays. */
  async kill(): Promise<void> {
    const { pid, exitCode } = this.#process as ChildProcess;
    if (pid !== undefined && exitCode === null) {
      const ended = new Promise((resolve) => this.#process?.once("exit", resolve));
      process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
      await ended;
    }
    await this.#browser?.close().catch(() => undefined);
    // Its lock on the profile names a process that is gone.
    for (const name of ["SingletonLock", "SingletonCookie", "SingletonSocket"]) {
      rmSync(join(this.#profile, name), { force: true });
    }
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

type Side = "inWindow" | "inWorker";
type Functions = Record<Side, (command: Command, ...args: unknown[]) => Promise<Reply>>;

export class Tab {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  inWindow(command: Command, ...args: unknown[]): Promise<Reply> {
    return this.#do("inWindow", command, args);
  }

  inWorker(command: Command, ...args: unknown[]): Promise<Reply> {
    return this.#do("inWorker", command, args);
  }

  endWorker(): Promise<void> {
    return this.page.evaluate(() => (globalThis as unknown as { endWorker(): void }).endWorker());
  }

  #do(side: Side, command: Command, args: readonly unknown[]): Promise<Reply> {
    return this.page.evaluate(
      ([where, what, values]) => (globalThis as unknown as Functions)[where](what, ...values),
      [side, command, args] as const,
    );
  }
}

/** What it answered. @throws {Error} what it threw */
export async function answerOf<T = unknown>(reply: Promise<Reply>): Promise<T> {
  const { value, error } = await reply;
  if (error !== undefined) throw new Error(`in the browser: ${error.message}`);
  return value as T;
}

/** The code of what it threw. */
export async function codeOf(reply: Promise<Reply>): Promise<string | undefined> {
  const { error } = await reply;
  return error === undefined ? "no error" : (error.code ?? error.message);
}
