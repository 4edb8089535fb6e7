import type { ByteRanges } from "../storage/bytes.ts";

/** A program's bytes as what can be read at any place; undefined for anything else. By members, not by classes: other realms have their own. */
export function randomAccess(bytes: unknown): Uint8Array | ByteRanges | undefined {
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = Object.prototype.toString.call(bytes);
  if (tag === "[object ArrayBuffer]" || tag === "[object SharedArrayBuffer]") {
    return new Uint8Array(bytes as ArrayBuffer);
  }
  const { size, read } = (bytes ?? {}) as Partial<ByteRanges>;
  const isRanges = typeof read === "function" && Number.isSafeInteger(size) && (size as number) >= 0;
  return isRanges ? (bytes as ByteRanges) : undefined;
}
