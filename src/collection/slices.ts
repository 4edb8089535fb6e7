/**
 * Work of a request that reads many points, done a few milliseconds at a time: a scan for a filter, a walk along ids or
 * along a field, the filling of groups.
 *
 *     inSlices ──► slice, at once ──► it has an answer: handed to `use`, and back, without a turn in between
 *                     │ not yet, or other work done at once has left no time
 *                     ▼
 *        ┌──► a turn of the event loop for others ──► closed? too late? ──► slice ──► answer: handed to `use`
 *        └───────────── not yet ◄──────────────────────────────────────────┘
 *
 * What is written between two slices is told to the work's watcher.
 */

import { NearvecError } from "../errors.ts";
import type { Background } from "./background.ts";
import type { Surroundings } from "./surroundings.ts";

/** When a request has taken too long. */
export interface Deadline {
  /** By the clock of the surroundings, in milliseconds. */
  readonly at: number;
  /** What the request said, in seconds. */
  readonly timeout: number;
}

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

/** One slice: what the work comes to, or undefined when it ended because `isOver` has said that the time is. */
type Slice<Answer> = (isOver: () => boolean) => Answer | undefined;

/**
 * Runs slices until one has an answer: the first one at once where there is time, the others in turns of the event loop of
 * their own. Hands the answer to `use` in the very turn in which it is right: nothing is written between the two.
 *
 * @param watcher told of what is written from now on until `use` has the answer, unless that is at once
 * @throws {NearvecError} `TIMEOUT`, `CLOSED`, and what a slice or `use` throws
 */
export function inSlices<Answer extends object, T>(
  slicing: Slicing,
  watcher: Watcher | undefined,
  deadline: Deadline | undefined,
  slice: Slice<Answer>,
  use: (answer: Answer) => T | Promise<T>,
): T | Promise<T> {
  const answer = slicing.background.atOnce(slice);
  return answer === undefined ? goOn(slicing, watcher, deadline, slice, use) : use(answer);
}

async function goOn<Answer extends object, T>(
  { watchers, background, surroundings, closed }: Slicing,
  watcher: Watcher | undefined,
  deadline: Deadline | undefined,
  slice: Slice<Answer>,
  use: (answer: Answer) => T | Promise<T>,
): Promise<T> {
  // Who doesn't want to know is among them all the same: as long as there are any, somebody reads.
  const reader = watcher ?? { note() {}, noteAll() {} };
  watchers.add(reader);
  try {
    for (;;) {
      const isOver = await nextTurn(background);
      const reason = closed();
      if (reason !== undefined) throw reason;
      if (deadline !== undefined && surroundings.now() > deadline.at) throw timedOut(deadline.timeout);
      const answer = slice(isOver);
      if (answer !== undefined) return use(answer);
    }
  } finally {
    watchers.delete(reader);
  }
}

/** Lets others have their turns: other work in slices too, so that much of it together holds up nobody longer. */
function nextTurn(background: Background): Promise<() => boolean> {
  return new Promise((resolve) => {
    const slice = (isOver: () => boolean) => {
      resolve(isOver);
      return false;
    };
    background.wake({ awaited: true, slice });
  });
}

function timedOut(timeout: number): NearvecError {
  return new NearvecError("TIMEOUT", {
    what: `the request took longer than its timeout of ${timeout} s`,
    todo: "Nothing was changed. Allow it more time, or narrow it down with a filter: by ids, or by fields with an index.",
  });
}
