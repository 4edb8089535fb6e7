import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { open } from "../../src/index.ts";

function versionIn(path: string): string {
  const manifest = readFileSync(new URL(`../../${path}/package.json`, import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

test("the engine says which release it is, and that it has the API of the official client's", async () => {
  const client = await open();
  expect(await client.versionInfo()).toEqual({
    title: `nearvec ${versionIn(".")}, an embedded vector engine`,
    version: versionIn("node_modules/@qdrant/js-client-rest"),
  });
  await client.close();
  await expect(client.versionInfo()).rejects.toMatchObject({ code: "CLOSED" });
});
