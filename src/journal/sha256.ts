/** SHA-256 of files: what Qdrant's API gives with a snapshot. */

import type { ReadableFile } from "../storage/storage.ts";

const PIECE = 4 << 20;

interface Hash {
  update(bytes: Uint8Array): unknown;
  digest(encoding: "hex"): string;
}

/** In lower-case hexadecimal digits. */
export async function sha256(file: ReadableFile): Promise<string> {
  const hash = ofRuntime();
  if (hash !== undefined) {
    for (let at = 0; at < file.size; at += PIECE) {
      hash.update(await file.read(at, Math.min(PIECE, file.size - at)));
    }
    return hash.digest("hex");
  }
  // The Web's own takes everything at once.
  const digest = await crypto.subtle.digest("SHA-256", await file.read(0, file.size));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function ofRuntime(): Hash | undefined {
  const { process } = globalThis as {
    process?: {
      getBuiltinModule?: (name: string) => { createHash?: (algorithm: string) => Hash } | undefined;
    };
  };
  return process?.getBuiltinModule?.("node:crypto")?.createHash?.("sha256");
}
