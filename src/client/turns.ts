import type { Surroundings } from "../collection/surroundings.ts";

/** Turns of the event loop for work that somebody waits for. */
export function turnsOf(surroundings: Surroundings): () => Promise<void> {
  return () => new Promise<void>((resolve) => void surroundings.schedule(resolve, true));
}
