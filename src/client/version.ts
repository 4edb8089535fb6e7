import type { VersionInfo } from "./types.ts";

/** This release: the version in package.json. */
export const NEARVEC = "0.1.0";

/** The release of Qdrant whose API this one has: that of the API description that the types are made from. */
const QDRANT = "1.19.0";

/** What a server says of itself. Programs compare `version` with Qdrant's releases, so it is one of those. */
export function versionInfo(): VersionInfo {
  return { title: `nearvec ${NEARVEC}, an embedded vector engine`, version: QDRANT };
}
