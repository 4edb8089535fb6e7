/** `nearvec info`: what a server has. */

import { defineCommand } from "citty";
import type { CollectionInfo, CollectionsResponse } from "../client/types.ts";
import { checkArguments } from "./arguments.ts";
import { pathOf, REMOTE_ARGUMENTS, Remote } from "./remote.ts";

export const info = defineCommand({
  meta: { name: "info", description: "Say what a server has" },
  args: REMOTE_ARGUMENTS,
  async run({ args }) {
    checkArguments(args, REMOTE_ARGUMENTS);
    const remote = await Remote.connect(args.url, args["api-key"]);
    const { collections } = await remote.call<CollectionsResponse>("GET", "/collections");
    console.log(`${args.url}: ${remote.title}, API ${remote.version}`);
    console.log(`${collections.length} collection${collections.length === 1 ? "" : "s"}`);
    for (const { name } of collections) {
      const { status, points_count, indexed_vectors_count } = await remote.call<CollectionInfo>(
        "GET",
        pathOf(name),
      );
      const indexed = `${indexed_vectors_count?.toLocaleString("en")} vectors indexed`;
      console.log(`  ${name}: ${points_count?.toLocaleString("en")} points, ${indexed}, ${status}`);
    }
  },
});
