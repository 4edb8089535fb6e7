// @ts-nocheck: what it imports is there once it is bundled.

// A Cloudflare Worker that is a server: what it stores lives as long as its isolate.
import { open } from "nearvec";
import { createHandler } from "nearvec/http";
import core from "./core.wasm";
import sparse from "./sparse.wasm";

let handler;

export default {
  async fetch(request) {
    // Workers may do nothing before the first request.
    handler ??= open({ module: core, sparseModule: sparse }).then((client) =>
      createHandler(client, { apiKey: "key" }),
    );
    return (await handler)(request);
  },
};
