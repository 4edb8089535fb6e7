import { Kind } from "../collection/operation.ts";
import type { OperationEncoder } from "../collection/operation-encoder.ts";
import type { DeletePayload } from "../generated/validators/delete-payload.ts";
import type { SetPayload } from "../generated/validators/set-payload.ts";
import { encode } from "../payload/json.ts";
import { parsePath } from "../payload/path.ts";
import type { TypeOf } from "../validation/schema.ts";
import { type Checked, encodeSelected } from "./selector.ts";

type Setting = TypeOf<typeof SetPayload>;

/** set_payload, encoded. */
export function encodeSetPayload(given: Setting, _: unknown, encoder: OperationEncoder): Checked {
  const text = { key: checkKey(given.key), json: payloadText(given.payload) };
  return encodeSelected(Kind.SET_PAYLOAD, given, encoder, text);
}

/** overwrite_payload. Its `key` is checked and, as on a server, has no effect: all of the payload is replaced. */
export function encodeOverwritePayload(given: Setting, _: unknown, encoder: OperationEncoder): Checked {
  checkKey(given.key);
  return encodeSelected(Kind.OVERWRITE_PAYLOAD, given, encoder, {
    key: "",
    json: payloadText(given.payload),
  });
}

/** delete_payload. */
export function encodeDeletePayload(
  given: TypeOf<typeof DeletePayload>,
  _: unknown,
  encoder: OperationEncoder,
): Checked {
  given.keys.forEach((key, index) => {
    parsePath(key, `keys[${index}]`);
  });
  return encodeSelected(Kind.DELETE_PAYLOAD, given, encoder, { key: "", json: JSON.stringify(given.keys) });
}

/** A path as text, "" for none. */
function checkKey(key: string | undefined): string {
  if (key === undefined) return "";
  parsePath(key, "key");
  return key;
}

function payloadText(payload: unknown): string {
  return encode(payload, () => "payload", 0);
}
