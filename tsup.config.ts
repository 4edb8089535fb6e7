import { defineConfig } from "tsup";
import { ENTRIES } from "./build/entries.mjs";

/**
 * The types' only import, and therefore their first line, is that of the official client, which need not be installed. (A
 * comment in the sources would not survive the bundling; a test of the published types needs this one where it is.)
 */
const OPTIONAL_IMPORT =
  "// @ts-ignore: `@qdrant/js-client-rest` is optional; without it, asQdrantClient() answers `any`.";

// Declarations only; build/bundle.mjs makes the JavaScript.
export default defineConfig({
  entry: ENTRIES,
  format: ["esm", "cjs"],
  // What is marked @internal is nobody's business, and would take the types of the whole engine with it.
  dts: { only: true, banner: OPTIONAL_IMPORT, compilerOptions: { stripInternal: true } },
});
