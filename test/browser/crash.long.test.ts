import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { answerOf, type Tab } from "./chromium.ts";
import { noChromium, useChromium } from "./in-chromium.ts";

/** Points of a write. */
const BATCH = 10;
/** In the middle of it. */
const MOMENTS = [120, 260, 415];

/** Ends everything that writes, in its way, and gives the tab in which to go on. */
type Ending = (tab: Tab, report: (what: unknown) => void) => Promise<Tab>;

describe.skipIf(noChromium)("what ends in the middle of writing in Chromium", { timeout: 120_000 }, () => {
  const { browser, site } = useChromium();

  const endings: readonly [string, "inWorker" | "inWindow", Ending][] = [
    [
      "a worker that is terminated",
      "inWorker",
      async (tab) => {
        await tab.endWorker();
        return tab;
      },
    ],
    [
      "a page that is closed",
      "inWorker",
      async (tab, report) => {
        await tab.page.close();
        return browser.tab(site.url, report);
      },
    ],
    [
      "a page with a database that is reloaded",
      "inWindow",
      async (tab) => {
        await tab.page.reload();
        return tab;
      },
    ],
    [
      "a browser that is killed",
      "inWorker",
      async (_, report) => {
        await browser.kill();
        await browser.start();
        return browser.tab(site.url, report);
      },
    ],
    [
      "a browser with a database that is killed",
      "inWindow",
      async (_, report) => {
        await browser.kill();
        await browser.start();
        return browser.tab(site.url, report);
      },
    ],
  ];

  test.each(endings)("%s has all that was acknowledged, and nothing by halves", async (title, side, end) => {
    const store = title.replaceAll(" ", "-");
    const acknowledged = new Set<number>();
    const report = (what: unknown) => void acknowledged.add(what as number);
    let tab = await browser.tab(site.url, report);
    let next = 0;
    await answerOf(tab[side]("open", { path: store }));
    await answerOf(tab[side]("create", "c"));
    for (const moment of MOMENTS) {
      const before = acknowledged.size;
      tab[side]("pour", "c", next, BATCH, 4).catch(() => undefined); // The page goes before it answers.
      while (acknowledged.size < before + 5) await sleep(10);
      await sleep(moment);
      tab = await end(tab, report);
      await answerOf(tab[side]("open", { path: store }));
      const ids = await answerOf<number[]>(tab[side]("ids", "c"));
      const found = new Set(ids);
      const missing = [...acknowledged].filter((from) => !found.has(from));
      expect(missing).toEqual([]);
      for (const id of ids) {
        const first = id - (id % BATCH);
        for (let other = first; other < first + BATCH; other++) {
          if (!found.has(other)) throw new Error(`${id} is there, and ${other} of the same write is not`);
        }
      }
      const sample = ids.filter((_, i) => i % Math.ceil(ids.length / 20) === 0);
      expect(await answerOf(tab[side]("finds", "c", sample))).toBe(sample.length);
      next = Math.max(...ids, ...acknowledged) + BATCH;
      next -= next % BATCH;
    }
    await tab.page.close();
  });
});
