import { describe, expect, test } from "vitest";
import { answerOf, codeOf } from "./chromium.ts";
import { noChromium, useChromium } from "./in-chromium.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe.skipIf(noChromium)("an engine in Chromium", { timeout: 60_000 }, () => {
  const { browser, site } = useChromium();

  test("keeps its data in a worker's files, over closing, reloading and another tab", async () => {
    const tab = await browser.tab(site.url);
    const info = await answerOf(tab.inWorker("open", { path: "words" }));
    expect(info).toMatchObject({ kind: "opfs", path: "words", readOnly: false, sync: "always" });
    await answerOf(tab.inWorker("create", "c"));
    await answerOf(tab.inWorker("upsert", "c", 0, 5000));

    const other = await browser.tab(site.url);
    expect(await codeOf(other.inWorker("open", { path: "words" }))).toBe("LOCKED");
    expect(await codeOf(other.inWindow("open", { path: "words" }))).toBe("LOCKED");
    await answerOf(other.inWindow("open", { path: "words", readOnly: true }));
    expect(await answerOf(other.inWindow("ids", "c"))).toEqual(upTo(5000));
    expect(await codeOf(other.inWindow("upsert", "c", 0, 1))).toBe("READ_ONLY");
    await answerOf(other.inWindow("close"));

    await answerOf(tab.inWorker("close"));
    // A window can't write what is in a worker's files, and must not begin another store of the same name.
    expect(await codeOf(other.inWindow("open", { path: "words" }))).toBe("NOT_SUPPORTED");
    await answerOf(other.inWorker("open", { path: "words" }));
    expect(await answerOf(other.inWorker("ids", "c"))).toEqual(upTo(5000));
    expect(await answerOf(other.inWorker("finds", "c", [0, 17, 4999]))).toBe(3);
    await answerOf(other.inWorker("upsert", "c", 5000, 10));

    // Without closing: the page goes, and with it the worker, its lock and its handles.
    await other.page.reload();
    const reopened = await answerOf(other.inWorker("open", { path: "words" }));
    expect(reopened).toMatchObject({ recovered: { c: { replayed: 1 } } });
    expect(await answerOf(other.inWorker("ids", "c"))).toEqual(upTo(5010));
    await tab.page.close();
    await other.page.close();
  });

  test("keeps its data in a window's database, where a worker finds it", async () => {
    const tab = await browser.tab(site.url);
    const info = await answerOf(tab.inWindow("open", { path: "small" }));
    expect(info).toMatchObject({ kind: "indexeddb", path: "small" });
    // It was asked for; the answer comes when it comes.
    const persisted = async () => (await answerOf<{ persisted?: boolean }>(tab.inWindow("info"))).persisted;
    await expect.poll(persisted).toEqual(expect.any(Boolean));
    await answerOf(tab.inWindow("create", "c"));
    await answerOf(tab.inWindow("upsert", "c", 0, 500));
    expect(await codeOf(tab.inWorker("open", { path: "small" }))).toBe("LOCKED");
    await tab.page.reload();
    expect(await answerOf(tab.inWorker("open", { path: "small" }))).toMatchObject({ kind: "indexeddb" });
    expect(await answerOf(tab.inWorker("ids", "c"))).toEqual(upTo(500));
    await answerOf(tab.inWorker("upsert", "c", 500, 10));
    await answerOf(tab.inWorker("close"));
    await answerOf(tab.inWindow("open", { path: "small", readOnly: true }));
    expect(await answerOf(tab.inWindow("ids", "c"))).toEqual(upTo(510));
    await tab.page.close();
  });

  test("refuses stores that aren't there for reading, and names that are no name", async () => {
    const tab = await browser.tab(site.url);
    for (const side of ["inWindow", "inWorker"] as const) {
      expect(await codeOf(tab[side]("open", { path: "none", readOnly: true }))).toBe("STORAGE_FAILED");
      for (const bad of ["a/b", "..", "/a", "a b", "lock"]) {
        expect(await codeOf(tab[side]("open", { path: bad }))).toBe("INVALID_ARGUMENT");
      }
    }
    await tab.page.close();
  });

  test("says what is missing where browsers keep no stores: on a site without HTTPS", async () => {
    const tab = await browser.tab(site.url.replace("localhost", "insecure.test"));
    for (const side of ["inWindow", "inWorker"] as const) {
      const { error } = await tab[side]("open", { path: "x" });
      expect(error?.code).toBe("NOT_SUPPORTED");
      expect(error?.message).toContain("HTTPS");
      await answerOf(tab[side]("open", {}));
    }
    await tab.page.close();
  });
});
