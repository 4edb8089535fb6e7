/** Everyone who can take part. A name is also the file in this folder. */

export const PEERS = [
  "nearvec",
  "hnswlib-node",
  "zvec",
  "usearch-f32",
  "usearch-f16",
  "hnswlib-wasm",
  "js-loop",
] as const;

export type PeerName = (typeof PEERS)[number];

/** The one that all others are compared with. */
export const SUBJECT: PeerName = "nearvec";

/** What reports call them. */
export const TITLES: Readonly<Record<PeerName, string>> = {
  nearvec: "nearvec",
  "hnswlib-node": "hnswlib-node (native)",
  zvec: "@zvec/zvec (native)",
  "usearch-f32": "usearch f32 (native)",
  "usearch-f16": "usearch f16 (native)",
  "hnswlib-wasm": "hnswlib-wasm",
  "js-loop": "JavaScript loop (exact)",
};
