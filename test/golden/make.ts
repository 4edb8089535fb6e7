/** Writes the store of golden.test.ts: `node test/golden/make.ts v1`, once for each version of the format, before its release. */
import { existsSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NearvecClient } from "../../src/client/client.ts";
import { Collections } from "../../src/client/collections.ts";
import type { Keeper } from "../../src/client/keeper.ts";
import { openOn } from "../../src/client/open-store.ts";
import { runtimeSurroundings } from "../../src/collection/surroundings.ts";
import { loadCore } from "../../src/core/load.ts";
import { openFiles } from "../../src/storage/files.ts";
import { fill, shown } from "./store.ts";

const [version = ""] = process.argv.slice(2);
const folder = fileURLToPath(new URL(version, import.meta.url));
if (!/^v\d+$/.test(version) || existsSync(folder))
  throw new Error("name a version that is not there yet: v1");

const scratch = await mkdtemp(join(tmpdir(), "nearvec-golden-"));
const collections = new Collections(await loadCore(), runtimeSurroundings());
await openOn(await openFiles(join(scratch, "store")), collections, {});
const client = new NearvecClient(collections);
await fill(client, async () => {
  for (const name of ["everything", "plain"]) await (collections.keeper as Keeper).checkpoint(name);
});
// As a crash would leave it: the last changes are in the log only.
await cp(join(scratch, "store"), join(folder, "store"), {
  recursive: true,
  filter: (path) => !/\/lock(\/|$)/.test(path),
});
await writeFile(join(folder, "shown.txt"), await shown(client));
await client.createFullSnapshot();
await cp(join(scratch, "store/snapshots"), join(folder, "snapshots"), { recursive: true });
await client.close();
await rm(scratch, { recursive: true });
console.log(`written to ${folder}`);
