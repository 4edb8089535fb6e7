import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { open } from "../../src/index.ts";
import { rejection } from "./support.ts";

const run = promisify(execFile);
const index = new URL("../../src/index.ts", import.meta.url).href;

/** Runs a program that has a client; answers what it printed, once it ended by itself. */
async function program(body: string): Promise<string> {
  const source = `import { open } from ${JSON.stringify(index)};
    const client = await open();
    await client.createCollection("c", { vectors: { size: 32, distance: "Dot" } });
    const ids = Uint32Array.from({ length: 20_000 }, (_, i) => i);
    const vectors = Float32Array.from({ length: 20_000 * 32 }, () => Math.random());
    await client.upsert("c", { batch: { ids, vectors } });
    const status = async () => (await client.getCollection("c")).status;
    ${body}`;
  const { stdout } = await run(process.execPath, ["--no-warnings", "--input-type=module", "-e", source]);
  return stdout.trim();
}

describe("a program", () => {
  test("ends although vectors wait for the graph, when nobody waits for that", async () => {
    expect(await program("console.log(await status());")).toBe("yellow");
  });

  test("ends after what it waited for", async () => {
    expect(await program('await client.waitForIndex("c"); console.log(await status());')).toBe("green");
  });

  test("indexes in the background while it lives for another reason", async () => {
    expect(
      await program(`const timer = setInterval(async () => {
        if (await status() === "yellow") return;
        clearInterval(timer);
        console.log("green");
      }, 5);`),
    ).toBe("green");
  });

  test("ends when it closed the client in the middle of indexing", async () => {
    expect(
      await program(`const waiting = client.waitForIndex("c").catch((error) => error.code);
        setTimeout(async () => { await client.close(); console.log(await waiting); }, 5);`),
    ).toBe("CLOSED");
  });
});

test("after close every call says so, and closing again is fine", async () => {
  const client = await open();
  await client.createCollection("c", { vectors: { size: 2, distance: "Dot" } });
  await client.close();
  await client.close();
  const calls: (() => Promise<unknown>)[] = [
    () => client.createCollection("d", { vectors: { size: 2, distance: "Dot" } }),
    () => client.getCollection("c"),
    () => client.getCollections(),
    () => client.collectionExists("c"),
    () => client.deleteCollection("c"),
    () => client.upsert("c", { points: [] }),
    () => client.delete("c", { points: [] }),
    () => client.retrieve("c", { ids: [] }),
    () => client.scroll("c"),
    () => client.count("c"),
    () => client.query("c", { query: [1, 2] }),
    () => client.explain("c", { query: [1, 2] }),
    () => client.waitForIndex("c"),
    async () => client.info(),
    async () => client.estimate({ vectors: { size: 2, distance: "Dot" }, count: 1 }),
  ];
  for (const call of calls) expect(await rejection(call)).toMatchObject({ code: "CLOSED" });
});

test("`await using` closes at the end of the block", async () => {
  let escaped: Awaited<ReturnType<typeof open>>;
  {
    await using client = await open();
    await client.createCollection("c", { vectors: { size: 2, distance: "Dot" } });
    escaped = client;
  }
  expect(await rejection(() => escaped.count("c"))).toMatchObject({ code: "CLOSED" });
});

test("clients don't share collections", async () => {
  await using a = await open();
  await using b = await open({ simd: "plain" });
  await a.createCollection("c", { vectors: { size: 2, distance: "Dot" } });
  expect(await b.collectionExists("c")).toEqual({ exists: false });
  expect(b.info().build).toBe("simd");
});
