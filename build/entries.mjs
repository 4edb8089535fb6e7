/** The package's entry points: what they are called in dist/, and their sources. */
export const ENTRIES = { index: "src/index.ts", http: "src/http/index.ts" };

/** What runs as a program: nobody imports it, so it has no types, and one form. */
export const PROGRAMS = { cli: "src/cli/main.ts" };
