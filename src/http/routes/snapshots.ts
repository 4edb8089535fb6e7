/** Routes about snapshots, as far as the client has them. */

import { type Call, invoke, type Route } from "../route.ts";

const ONE = "/collections/:collection/snapshots";
const SHARD = "/collections/:collection/shards/:shard";

export const SNAPSHOTS: readonly Route[] = [
  { verb: "GET", path: "/snapshots", access: "read", answer: by("listFullSnapshots") },
  { verb: "POST", path: "/snapshots", access: "write", answer: by("createFullSnapshot") },
  { verb: "GET", path: "/snapshots/:snapshot", access: "read", answer: by("listFullSnapshots") },
  { verb: "DELETE", path: "/snapshots/:snapshot", access: "write", answer: by("deleteFullSnapshot") },
  { verb: "GET", path: ONE, access: "read", answer: by("listSnapshots") },
  { verb: "POST", path: ONE, access: "write", answer: by("createSnapshot") },
  { verb: "POST", path: `${ONE}/upload`, access: "write", answer: by("recoverSnapshot") },
  { verb: "PUT", path: `${ONE}/recover`, access: "write", answer: by("recoverSnapshot") },
  { verb: "GET", path: `${ONE}/:snapshot`, access: "read", answer: by("listSnapshots") },
  { verb: "DELETE", path: `${ONE}/:snapshot`, access: "write", answer: by("deleteSnapshot") },
  { verb: "GET", path: `${SHARD}/snapshot`, access: "read", answer: by("createShardSnapshot") },
  { verb: "GET", path: `${SHARD}/snapshots`, access: "read", answer: by("listShardSnapshots") },
  { verb: "POST", path: `${SHARD}/snapshots`, access: "write", answer: by("createShardSnapshot") },
  {
    verb: "POST",
    path: `${SHARD}/snapshots/upload`,
    access: "write",
    answer: by("recoverShardFromSnapshot"),
  },
  {
    verb: "PUT",
    path: `${SHARD}/snapshots/recover`,
    access: "write",
    answer: by("recoverShardFromSnapshot"),
  },
  { verb: "GET", path: `${SHARD}/snapshots/:snapshot`, access: "read", answer: by("listShardSnapshots") },
  {
    verb: "DELETE",
    path: `${SHARD}/snapshots/:snapshot`,
    access: "write",
    answer: by("deleteShardSnapshot"),
  },
];

/** Until the client has snapshots, its methods refuse whatever they are asked for: there is nothing to hand over. */
function by(method: string): Route["answer"] {
  return ({ client }: Call) => invoke(client, method);
}
