/** Stores that earlier releases wrote, in every version of the format there was. */
import { readdirSync, readFileSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { open } from "../../src/index.ts";
import { shown } from "./store.ts";

const versions = readdirSync(new URL(".", import.meta.url)).filter((name) => /^v\d+$/.test(name));
let scratch = "";

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "nearvec-golden-"));
});
afterAll(() => rm(scratch, { recursive: true }));

test("there is at least one", () => {
  expect(versions).toContain("v1");
});

describe.each(versions)("%s", (version) => {
  const folder = fileURLToPath(new URL(version, import.meta.url));
  const expected = readFileSync(join(folder, "shown.txt"), "utf8");

  test("opens, whether for reading or for writing, and again after that", async () => {
    const path = join(scratch, version);
    await cp(join(folder, "store"), path, { recursive: true });
    for (const options of [{ path, readOnly: true }, { path }, { path }]) {
      const client = await open(options);
      expect(await shown(client)).toBe(expected);
      await client.close();
    }
  });

  test("opens from the bytes of a snapshot", async () => {
    const [name = ""] = readdirSync(join(folder, "snapshots")).filter((each) => each.endsWith(".snapshot"));
    const client = await open({ snapshot: new Uint8Array(readFileSync(join(folder, "snapshots", name))) });
    expect(await shown(client)).toBe(expected);
    await client.close();
  });
});
