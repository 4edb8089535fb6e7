/** Work of a request that reads many points, done a few milliseconds at a time. */

import { NearvecError } from "../errors.ts";
import type { Background } from "./background.ts";
import { SLICE_MS } from "./indexing.ts";
import type { Deadline } from "./matching.ts";
import type { Surroundings } from "./surroundings.ts";

/** Who wants to know what is written between two slices. */
export interface Watcher {
  /** A point was written or deleted. */
  note(offset: number): void;
  /** Something has changed of all points at once, such as what vectors they can have. */
  noteAll(): void;
}

/** What slices take. */
export interface Slicing {
  readonly watchers: Set<Watcher>;
  readonly background: Background;
  readonly surroundings: Surroundings;
  /** Why there is nothing to read any more. */
  readonly closed: () => NearvecError | undefined;
}

/** One slice: what the work comes to, or undefined when `isOver` has said that the time is. */
type Slice<T> = (isOver: () => boolean) => T | undefined;

/**
 * Runs slices until one has an answer: the first one at once, the others in turns of the event loop of their own.
 *
 * @throws {NearvecError} `TIMEOUT`, `CLOSED`, and what a slice throws
 */
export function inSlices<T extends object>(
  slicing: Slicing,
  watcher: Watcher | undefined,
  deadline: Deadline | undefined,
  slice: Slice<T>,
): T | Promise<T> {
  const { now } = slicing.surroundings;
  const run = () => {
    const until = now() + SLICE_MS;
    return slice(() => now() >= until);
  };
  return run() ?? goOn(slicing, watcher, deadline, run);
}

async function goOn<T>(
  { watchers, background, surroundings, closed }: Slicing,
  watcher: Watcher | undefined,
  deadline: Deadline | undefined,
  run: () => T | undefined,
): Promise<T> {
  if (watcher !== undefined) watchers.add(watcher);
  try {
    for (;;) {
      await nextTurn(background);
      const reason = closed();
      if (reason !== undefined) throw reason;
      if (deadline !== undefined && surroundings.now() > deadline.at) throw timedOut(deadline.timeout);
      const answer = run();
      if (answer !== undefined) return answer;
    }
  } finally {
    if (watcher !== undefined) watchers.delete(watcher);
  }
}

/** Lets others have their turns: other work in slices too, so that much of it together holds up nobody longer. */
function nextTurn(background: Background): Promise<void> {
  return new Promise<void>((resolve) => {
    const slice = () => {
      resolve();
      return false;
    };
    background.wake({ awaited: true, slice });
  });
}

function timedOut(timeout: number): NearvecError {
  return new NearvecError("TIMEOUT", {
    what: `the request took longer than its timeout of ${timeout} s`,
    todo: "Nothing was changed. Allow it more time, or narrow it down with a filter.",
  });
}
