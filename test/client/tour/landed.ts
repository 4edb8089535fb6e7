import { test } from "vitest";
import { NOT_YET } from "../../../src/client/not-yet.ts";

/** What the parts that wait would have called. */
export const putOff = new Set<string>(NOT_YET);

/** A part of the tour that needs methods which may not be there yet. */
export function part(title: string, needs: readonly string[], body: () => Promise<void>): void {
  const missing: readonly string[] = NOT_YET;
  if (needs.some((name) => missing.includes(name))) {
    for (const name of needs) putOff.add(name);
    test.todo(title);
  } else test(title, body);
}
