import { afterAll, beforeAll } from "vitest";
import { Chromium, findChromium } from "./chromium.ts";
import { type Site, startSite } from "./server.ts";

const path = findChromium();

/** Tests that need it are skipped without, and it is said why. */
export const noChromium = path === undefined;

/** A browser, and a site that serves the engine, for the tests of the `describe` in which this is called. */
export function useChromium(): { readonly browser: Chromium; readonly site: { readonly url: string } } {
  const browser = new Chromium(path ?? "");
  let site: Site;
  beforeAll(async () => {
    site = await startSite();
    await browser.start();
  }, 60_000);
  afterAll(async () => {
    await browser.end();
    await site?.close();
  });
  return {
    browser,
    site: {
      get url() {
        return site.url;
      },
    },
  };
}
