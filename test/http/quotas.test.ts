/** Quotas of a server that enforces none: nothing that looks like one may be taken. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serving, type TestServer } from "./support.ts";

let server: TestServer;
beforeAll(async () => {
  server = await serving();
});
afterAll(() => server[Symbol.asyncDispose]());

const NONE = { config: { enabled: false }, usage: {} };

test("there are none", async () => {
  expect((await server.call("GET", "/quotas")).result).toEqual(NONE);
});

test.each([{}, { enabled: false }, { enabled: false, max_disk_usage_percent: null }])(
  "%j changes nothing",
  async (config) => {
    expect((await server.call("PUT", "/quotas?wait=true", config)).result).toBe(true);
    expect((await server.call("GET", "/quotas")).result).toEqual(NONE);
  },
);

describe("what would have to be enforced, or is no quota", () => {
  test.each([
    [{ enabled: true }, 400, /^Bad request: enabled: .*enforces no quotas/],
    [{ max_disk_usage_percent: 90 }, 400, /^Bad request: max_disk_usage_percent: .*enforces no quotas/],
    [{ enabled: false, release_margin_percent: 0 }, 400, /^Bad request: release_margin_percent: /],
    [{ max_resident_memory_percent: 0 }, 422, /max_resident_memory_percent: value 0 invalid/],
    [{ max_resident_memory_percent: 101 }, 422, /value 101 invalid, must be from 1 to 100/],
    [{ max_resident_memory_percent: 1.5 }, 400, /^Format error in JSON body: max_resident_memory_percent/],
    [{ max_resident_memory_percent: "9" }, 400, /^Format error in JSON body: max_resident_memory_percent/],
    [{ enabled: 1 }, 400, /^Format error in JSON body: enabled/],
    [{ enable: true }, 400, /^Format error in JSON body: enable: got an unknown field/],
    [[], 400, /^Format error in JSON body/],
  ])("%j is refused", async (config, status, text) => {
    const answer = await server.call("PUT", "/quotas", config);
    expect([answer.status, answer.error]).toEqual([status, expect.stringMatching(text)]);
    expect((await server.call("GET", "/quotas")).result).toEqual(NONE);
  });

  test("so is a flag that is none", async () => {
    expect((await server.call("PUT", "/quotas?wait=x", {})).status).toBe(400);
  });
});

test("a closed server has none to tell of", async () => {
  const closed = await serving();
  await closed.client.close();
  expect((await closed.call("GET", "/quotas")).status).toBe(503);
  expect((await closed.call("PUT", "/quotas", {})).status).toBe(503);
});
