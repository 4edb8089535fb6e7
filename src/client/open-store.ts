/** Where `open({ path })` keeps its data in this runtime. */

import { NearvecError } from "../errors.ts";
import type { Storage } from "../storage/storage.ts";
import type { Collections } from "./collections.ts";
import { Keeper } from "./keeper.ts";
import type { OpenOptions } from "./options.ts";

/** @throws {NearvecError} of the storage, `DAMAGED`, `OUT_OF_MEMORY`: nothing is open then */
export async function openStore(collections: Collections, options: OpenOptions): Promise<void> {
  const { path = "", readOnly = false } = options;
  await openOn(await storageAt(path, readOnly), collections, options);
}

/** Files in Node, Bun and Deno; in browsers what browser.ts says. Neither's code is loaded in the other. */
async function storageAt(path: string, readOnly: boolean): Promise<Storage> {
  if (hasFiles()) return (await import("../storage/files.ts")).openFiles(path, { readOnly });
  if (typeof navigator === "object" && navigator.userAgent !== WORKERD) {
    return (await import("../storage/browser.ts")).openInBrowser(path, { readOnly });
  }
  throw new NearvecError("NOT_SUPPORTED", {
    what: "`path` in this runtime, which has no files that stay, nor a browser's storage",
    todo: "Leave `path` out: data is kept in memory then.",
  });
}

/** What Cloudflare's runtime calls itself. The files that it has, with Node's functions, end with the request. */
const WORKERD = "Cloudflare-Workers";

/** Bundlers give browsers a `process`, but without versions. */
function hasFiles(): boolean {
  const { process, navigator } = globalThis as {
    readonly process?: { readonly versions?: { readonly node?: string } };
    readonly navigator?: { readonly userAgent?: string };
  };
  return process?.versions?.node !== undefined && navigator?.userAgent !== WORKERD;
}

/** @internal For tests of other storages, too. */
export async function openOn(
  storage: Storage,
  collections: Collections,
  { sync = "always" }: Pick<OpenOptions, "sync">,
): Promise<void> {
  try {
    await Keeper.open(collections, storage, { sync });
  } catch (error) {
    await collections.close();
    await storage.close();
    throw error;
  }
}
