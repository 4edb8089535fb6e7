import type { Setup } from "./run.ts";

/** One of each kind of vector and of each datatype; two more of other kinds come and go. */
export const NAMED = {
  spaces: {
    plain: { kind: "dense", size: 8, distance: "Euclid" },
    unit: { kind: "dense", size: 4, distance: "Cosine" },
    half: { kind: "dense", size: 6, distance: "Manhattan", datatype: "float16" },
    bytes: { kind: "dense", size: 5, distance: "Dot", datatype: "uint8" },
    words: { kind: "sparse", idf: false },
    rare: { kind: "sparse", idf: true },
    tokens: { kind: "multi", size: 3, distance: "Dot" },
  },
  floating: [
    ["late", { kind: "dense", size: 2, distance: "Dot" }],
    ["later", { kind: "sparse", idf: false }],
  ],
} as const satisfies Omit<Setup, "ids">;
