/** Closing a store while somebody waits. */
import { expect, test } from "vitest";
import { closeWithin } from "../../src/cli/store.ts";
import type { NearvecClient } from "../../src/client/client.ts";

const closing = (close: () => Promise<void>) => ({ close }) as NearvecClient;

test("it waits for what is done in time", async () => {
  const client = closing(() => new Promise((resolve) => setTimeout(resolve, 20)));
  expect(await closeWithin(client, 10_000)).toBe(true);
});

test("but not for longer", async () => {
  const client = closing(() => new Promise(() => {}));
  const began = performance.now();
  expect(await closeWithin(client, 50)).toBe(false);
  expect(performance.now() - began).toBeGreaterThan(40);
});

test("what goes wrong is told", async () => {
  const client = closing(() => Promise.reject(new Error("the disk is full")));
  await expect(closeWithin(client, 10_000)).rejects.toThrow("the disk is full");
});
