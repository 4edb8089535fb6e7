import { invalidArgument } from "../errors.ts";
import { isObject } from "../validation/containers.ts";
import { unknownField } from "../validation/schema.ts";

/** A point of a write, whose fields are checked where they are copied. */
export interface GivenPoint {
  readonly id?: unknown;
  readonly vector?: unknown;
  readonly payload?: unknown;
}

/** An object of those fields: `id` and `vector`, and for some `payload`. Not by a schema: that would copy each point of thousands. */
export function checkPoint(point: unknown, index: number, fields: readonly string[]): GivenPoint {
  if (!isObject(point)) {
    throw invalidArgument(`points[${index}]`, point, `an object: { ${fields.join(", ")} }`);
  }
  for (const key in point) {
    // Told apart by hand: for short vectors this is a good part of all checking.
    if (key === "id" || key === "vector") continue;
    if ((key === "payload" && fields.length === 3) || point[key] == null) continue;
    throw unknownField(`points[${index}].${key}`, fields);
  }
  return point;
}
