/** The package's entry points: what they are called in dist/, and their sources. */
export const ENTRIES = { index: "src/index.ts" };
