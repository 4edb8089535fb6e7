/**
 * One owner of a store in a browser: across tabs and workers of an origin, by the Web Locks API.
 *
 * The lock belongs to the page or worker that asks: when that ends, however it ends, the browser takes it back, but not at
 * once. (Chromium lets a worker that is busy when it is terminated go on for up to two seconds.) So whoever finds the lock
 * taken asks the owner whether it is there: one that answers keeps the store, and it is `LOCKED` at once; one that is silent
 * is waited for.
 */

import { NearvecError } from "../errors.ts";
import { lockedFailure } from "./failures.ts";

export interface StoreLock {
  /** Resolves when the next one can have it. */
  release(): Promise<void>;
}

/** For a silent owner to go, in milliseconds. One that lives may be busy so long. */
const PATIENCE = 5000;
const ARE_YOU_THERE = "are you there?";
const I_AM = "I am";

/** @throws {NearvecError} `LOCKED` when somebody has it; `NOT_SUPPORTED` where there are no such locks */
export async function takeWebLock(name: string): Promise<StoreLock> {
  const locks = (navigator as { readonly locks?: LockManager }).locks;
  if (locks === undefined) {
    throw new NearvecError("NOT_SUPPORTED", {
      what: "this page or worker has no Web Locks, which keep a second one from writing into the same store",
      todo: "Serve the page over HTTPS or from localhost, in a current browser.",
    });
  }
  const key = `nearvec/${name}`;
  const channel = new BroadcastChannel(key);
  try {
    const end =
      (await hold(locks, key, { ifAvailable: true })) ??
      (await hold(locks, key, { signal: unlessAnswered(channel) }));
    if (end === undefined) throw lockedFailure(name);
    channel.onmessage = ({ data }) => data === ARE_YOU_THERE && channel.postMessage(I_AM);
    return {
      async release() {
        channel.close();
        await end();
      },
    };
  } catch (error) {
    channel.close();
    throw error;
  }
}

/** Fires when the owner says that it is there, or patience is at its end. */
function unlessAnswered(channel: BroadcastChannel): AbortSignal {
  const answered = new AbortController();
  channel.onmessage = ({ data }) => data === I_AM && answered.abort();
  channel.postMessage(ARE_YOU_THERE);
  setTimeout(() => answered.abort(), PATIENCE);
  return answered.signal;
}

/** What gives the lock back; undefined when it is not to be had. */
function hold(
  locks: LockManager,
  key: string,
  options: LockOptions,
): Promise<(() => Promise<void>) | undefined> {
  return new Promise((resolve, reject) => {
    let end: () => void = () => undefined;
    const held = new Promise<void>((release) => {
      end = release;
    });
    const ended: Promise<unknown> = locks.request(key, { mode: "exclusive", ...options }, (lock) => {
      if (lock === null) return resolve(undefined);
      resolve(async () => {
        end();
        await ended;
      });
      return held;
    });
    ended.catch((error: unknown) => (options.signal?.aborted ? resolve(undefined) : reject(error)));
  });
}
