/** What `npm start` keeps between runs, with words of no meaning, and fewer of them. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "nearvec";
import { afterEach, beforeEach, expect, test } from "vitest";
import { random } from "../core/support.ts";
import { openWords, storeWords } from "./kept-words.mjs";

const COUNT = 5000;
const DIM = 20;
const next = random(1);
const words = {
  words: Array.from({ length: COUNT }, (_, i) => `word${i}`),
  vectors: Float32Array.from({ length: COUNT * DIM }, () => next() - 0.5),
  ranks: Uint32Array.from({ length: COUNT }, (_, i) => i + 1),
  dim: DIM,
};
const config = { vectors: { size: DIM, distance: "Cosine" } } as const;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nearvec-words-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("the second time nothing is stored nor indexed, and opening is quick", async () => {
  const first = await openWords(open, folder, config);
  expect(first).toMatchObject({ stored: 0, indexed: 0 });
  await storeWords(first.client, words, first.stored);
  await first.client.waitForIndex("words");
  const query = { query: 77, limit: 5, with_payload: true };
  const before = await first.client.query("words", query);
  await first.client.close();

  const second = await openWords(open, folder, config);
  expect(second).toMatchObject({ stored: COUNT, indexed: COUNT });
  // All was in a checkpoint: nothing of the log was needed.
  expect(second.client.info().store?.recovered).toEqual({});
  expect(second.time).toBeLessThan(1000);
  expect(await second.client.query("words", query)).toEqual(before);
  await second.client.close();
});

test("a run that was cut off is gone on with", async () => {
  const first = await openWords(open, folder, config);
  const part = { ...words, words: words.words.slice(0, 3000) };
  const progress: number[] = [];
  await storeWords(first.client, part, 0, (stored) => progress.push(stored));
  expect(progress).toEqual([2000, 3000]);
  await first.client.close();
  const second = await openWords(open, folder, config);
  expect(second.stored).toBe(3000);
  await storeWords(second.client, words, second.stored, (stored) => progress.push(stored));
  expect(progress).toEqual([2000, 3000, 5000]);
  const [last] = await second.client.retrieve("words", { ids: [COUNT] });
  expect(last?.payload).toEqual({ word: "word4999", rank: COUNT, length: 8 });
  await second.client.close();
});
