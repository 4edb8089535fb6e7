import { Kind } from "../collection/operation.ts";
import type { OperationEncoder } from "../collection/operation-encoder.ts";
import { invalidArgument } from "../errors.ts";
import { type Fields, fields, type Given } from "../fields.ts";
import { encode } from "../payload/json.ts";
import { parsePath } from "../payload/path.ts";
import { type Checked, encodeSelected, SELECTOR_FIELDS } from "./selector.ts";

export const SET_PAYLOAD_FIELDS: Fields = new Map([...SELECTOR_FIELDS, ...fields(["payload", "key"])]);
export const DELETE_PAYLOAD_FIELDS: Fields = new Map([...SELECTOR_FIELDS, ...fields(["keys"])]);

/** set_payload, checked while it is encoded. */
export function encodeSetPayload(given: Given, encoder: OperationEncoder): Checked {
  const text = { key: checkKey(given.key), json: payloadText(given.payload) };
  return encodeSelected(Kind.SET_PAYLOAD, given, encoder, text);
}

/** overwrite_payload. Its `key` is checked and, as on a server, has no effect: all of the payload is replaced. */
export function encodeOverwritePayload(given: Given, encoder: OperationEncoder): Checked {
  checkKey(given.key);
  return encodeSelected(Kind.OVERWRITE_PAYLOAD, given, encoder, {
    key: "",
    json: payloadText(given.payload),
  });
}

/** delete_payload. */
export function encodeDeletePayload(given: Given, encoder: OperationEncoder): Checked {
  if (!Array.isArray(given.keys)) {
    throw invalidArgument("keys", given.keys, "a list of keys, or of paths like a.b");
  }
  const keys = Array.from(given.keys, (key: unknown, index) => {
    parsePath(key, `keys[${index}]`);
    return key;
  });
  return encodeSelected(Kind.DELETE_PAYLOAD, given, encoder, { key: "", json: JSON.stringify(keys) });
}

/** clear_payload. */
export function encodeClearPayload(given: Given, encoder: OperationEncoder): Checked {
  return encodeSelected(Kind.CLEAR_PAYLOAD, given, encoder);
}

/** A path as text, "" for none. */
function checkKey(key: unknown): string {
  if (key == null) return "";
  parsePath(key, "key");
  return key as string;
}

function payloadText(payload: unknown): string {
  return encode(payload, () => "payload", 0);
}
