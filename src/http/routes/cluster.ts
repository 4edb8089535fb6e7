/** Routes about clusters: what a single node can say of itself, and a clear no to the rest. */

import { Refusal } from "../refusal.ts";
import type { Call, Route } from "../route.ts";

const ONE = "/collections/:collection";

export const CLUSTER: readonly Route[] = [
  { verb: "GET", path: "/cluster", access: "read", answer: () => ({ status: "disabled" }) },
  { verb: "GET", path: "/cluster/telemetry", access: "read", answer: refuse },
  { verb: "POST", path: "/cluster/recover", access: "write", answer: refuse },
  { verb: "DELETE", path: "/cluster/peer/:peer", access: "write", answer: refuse },
  { verb: "GET", path: `${ONE}/cluster`, access: "read", answer: clusterOf },
  { verb: "POST", path: `${ONE}/cluster`, access: "write", answer: refuseFor },
  { verb: "GET", path: `${ONE}/shards`, access: "read", answer: shardKeys },
  { verb: "PUT", path: `${ONE}/shards`, access: "write", answer: refuseFor },
  { verb: "POST", path: `${ONE}/shards/delete`, access: "write", answer: refuseFor },
];

function refuse(): never {
  throw new Refusal(
    405,
    "Method not allowed: nearvec runs in standalone mode, and only a cluster can do this",
  );
}

async function refuseFor({ client, param }: Call): Promise<never> {
  await client.getCollection(param("collection"));
  return refuse();
}

/** All points are in one shard, which is here. */
async function clusterOf({ client, param }: Call): Promise<object> {
  const { points_count } = await client.getCollection(param("collection"));
  return {
    peer_id: 0,
    shard_count: 1,
    local_shards: [{ shard_id: 0, points_count: points_count ?? 0, state: "Active" }],
    remote_shards: [],
    shard_transfers: [],
  };
}

async function shardKeys({ client, param }: Call): Promise<object> {
  await client.getCollection(param("collection"));
  return { shard_keys: [] };
}
