import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerOf, Chromium, findChromium, type Tab } from "./chromium.ts";
import { type Site, startSite } from "./server.ts";
import type { Outcome } from "./site/expectations.ts";

const path = findChromium();

describe.skipIf(path === undefined)("in Chromium", () => {
  const browser = new Chromium(path ?? "");
  let site: Site;
  let tab: Tab;

  beforeAll(async () => {
    site = await startSite();
    await browser.start();
    tab = await browser.tab(site.url);
  }, 60_000);
  afterAll(async () => {
    await browser.end();
    await site?.close();
  });

  test.each([
    ["the origin private file system, in a worker", "inWorker", "opfs"],
    ["IndexedDB, in a worker", "inWorker", "indexeddb"],
    ["IndexedDB, in a window", "inWindow", "indexeddb"],
  ] as const)("the contract of storages holds for %s", { timeout: 60_000 }, async (_, side, kind) => {
    const outcomes = await answerOf<Outcome[]>(tab[side]("contract", kind));
    expect(outcomes.filter(({ failure }) => failure !== undefined)).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(15);
  });
});
