import { orOutOfMemory } from "../errors.ts";
import { decode, encode, parseJson } from "../payload/json.ts";
import { deleteAt, mergeInto, parsePath, setAt } from "../payload/path.ts";
import type { PayloadStore } from "../payload/store.ts";
import { Kind, type TextOperation } from "./operation.ts";

type Payload = Record<string, unknown>;

/** The payloads that an operation will leave, made before anything changes: the offsets' in their order. */
export interface StagedPayloads {
  /** 0: none. */
  readonly lengths: Uint32Array;
  /** One after the other; where `shared`, one for all. */
  readonly bytes: Uint8Array;
  readonly shared: boolean;
}

const FIRST_BYTES = 4096;
/** The bytes that one character of a string can take in UTF-8, per UTF-16 unit. */
const UTF8_PER_UNIT = 3;

/**
 * What the payloads of points will be.
 *
 * @throws {NearvecError} `OUT_OF_MEMORY`; `INVALID_PAYLOAD` when one would be nested too deeply. Nothing
 *   changed.
 */
export function stagePayloads(
  operation: TextOperation,
  offsets: Uint32Array,
  payloads: PayloadStore,
): StagedPayloads {
  const what = `no room for ${offsets.length} payloads`;
  return orOutOfMemory({ what, todo: "Nothing was changed. Name fewer points." }, () => {
    if (operation.kind !== Kind.OVERWRITE_PAYLOAD) return stageEach(editOf(operation), offsets, payloads);
    const { text } = operation;
    return { lengths: new Uint32Array(offsets.length).fill(text.length), bytes: text, shared: true };
  });
}

const utf8Decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const utf8Encoder = new TextEncoder();

/** What the operation does to one payload. It may keep parts of its arguments in it, but changes none. */
function editOf({ kind, key, text }: TextOperation): (payload: Payload) => void {
  if (kind === Kind.DELETE_PAYLOAD) {
    const keys = parseJson(utf8Decoder.decode(text)) as readonly string[];
    const paths = keys.map((each) => parsePath(each, "keys"));
    return (payload) => {
      for (const path of paths) deleteAt(payload, path);
    };
  }
  const given = decode(text);
  if (key === "") return (payload) => mergeInto(payload, given);
  const path = parsePath(key, "key");
  return (payload) => setAt(payload, path, given);
}

function stageEach(
  edit: (payload: Payload) => void,
  offsets: Uint32Array,
  payloads: PayloadStore,
): StagedPayloads {
  const lengths = new Uint32Array(offsets.length);
  let bytes = new Uint8Array(FIRST_BYTES);
  let at = 0;
  // A point that is named twice is edited twice from what is stored now, and gets the same both times.
  for (let i = 0; i < offsets.length; i++) {
    const stored = payloads.getBytes(offsets[i] as number);
    const payload = stored === undefined ? {} : decode(stored);
    edit(payload);
    const json = encode(payload, () => "payload", i);
    if (json === "{}") continue;
    const most = at + json.length * UTF8_PER_UNIT;
    if (most > bytes.length) {
      const larger = new Uint8Array(Math.max(most, bytes.length * 2));
      larger.set(bytes.subarray(0, at));
      bytes = larger;
    }
    const { written } = utf8Encoder.encodeInto(json, bytes.subarray(at));
    lengths[i] = written;
    at += written;
  }
  return { lengths, bytes, shared: false };
}
