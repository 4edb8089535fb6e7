import { describe, expect, test } from "vitest";
import { answerOf } from "./chromium.ts";
import { noChromium, useChromium } from "./in-chromium.ts";
import type { Reply } from "./site/commands.ts";

/** Points of a write: about half a megabyte. */
const BATCH = 5000;

/**
 * What was acknowledged is there. A write that was refused is there whole or not at all: a database refuses it when it is
 * synced, and nobody knows then what it has of it.
 */
function expectAll(ids: readonly number[], count: number, refused: number): void {
  expect(ids.length % BATCH).toBe(0);
  expect(ids.length).toBeGreaterThanOrEqual(count);
  expect(ids.length).toBeLessThanOrEqual(count + refused);
  expect(ids.every((id, i) => id === i)).toBe(true);
}

describe.skipIf(noChromium)("when the quota is exceeded in Chromium", () => {
  const { browser, site } = useChromium();

  test.each(["inWorker", "inWindow"] as const)(
    "%s: a typed error, and writing goes on when there is room",
    async (side) => {
      const tab = await browser.tab(site.url);
      const devtools = await browser.context.newCDPSession(tab.page);
      const origin = new URL(site.url).origin;
      // Before the first use: Chromium asks for the quota of a database once, and remembers how much is left.
      const { usage = 0 } = await answerOf<StorageEstimate>(tab[side]("estimate"));
      await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: usage + 8_000_000 });
      await answerOf(tab[side]("open", { path: side }));
      await answerOf(tab[side]("create", "c"));
      await answerOf(tab[side]("upsert", "c", 0, BATCH));

      let count = BATCH;
      let refusal: Reply["error"];
      while (refusal === undefined && count < 100 * BATCH) {
        refusal = (await tab[side]("upsert", "c", count, BATCH)).error;
        if (refusal === undefined) count += BATCH;
      }
      expect(refusal?.code).toBe("STORAGE_FULL");
      // It stays readable, and refuses again.
      expectAll(await answerOf<number[]>(tab[side]("ids", "c")), count, BATCH);
      expect((await tab[side]("upsert", "c", count, BATCH)).error?.code).toBe("STORAGE_FULL");
      expectAll(await answerOf<number[]>(tab[side]("ids", "c")), count, BATCH);

      await devtools.send("Storage.overrideQuotaForOrigin", { origin });
      await answerOf(tab[side]("upsert", "c", count, BATCH));
      count += BATCH;
      expectAll(await answerOf<number[]>(tab[side]("ids", "c")), count, 0);
      await tab.page.reload();
      await answerOf(tab[side]("open", { path: side }));
      expectAll(await answerOf<number[]>(tab[side]("ids", "c")), count, 0);
      await answerOf(tab[side]("close"));
      await tab.page.close();
    },
  );
});
