/** Routes about quotas, of which this release enforces none: there is nothing to read, and nothing to turn on. */

import { unknownField } from "../../validation/schema.ts";
import { booleanParameter } from "../parameters.ts";
import { formatError, outOfRange, Refusal, validationError } from "../refusal.ts";
import type { Call, Route } from "../route.ts";

/** Percentages, and the least of each. */
const LIMITS: Readonly<Record<string, number>> = {
  max_resident_memory_percent: 1,
  max_disk_usage_percent: 1,
  release_margin_percent: 0,
};
const NAMES = ["enabled", ...Object.keys(LIMITS)];

export const QUOTAS: readonly Route[] = [
  { verb: "GET", path: "/quotas", access: "read", answer: quotas },
  { verb: "PUT", path: "/quotas", access: "write", answer: update },
];

async function quotas({ client }: Call): Promise<object> {
  // Throws once the client is closed.
  await client.versionInfo();
  return { config: { enabled: false }, usage: {} };
}

/** @throws {Refusal} 400 for whatever would have to be enforced */
async function update(call: Call): Promise<true> {
  booleanParameter(call.query, "wait");
  await quotas(call);
  const config = await call.body();
  const unknown = Object.keys(config).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw unknownField(unknown, NAMES);
  const { enabled = false } = config;
  if (typeof enabled !== "boolean") throw formatError("JSON body", "enabled: expected a boolean");
  const given = Object.keys(LIMITS).filter((name) => config[name] != null);
  for (const name of given) checkPercentage(name, config[name]);
  const wanted = enabled ? "enabled" : given[0];
  if (wanted === undefined) return true;
  throw new Refusal(400, `Bad request: ${wanted}: this release of nearvec enforces no quotas. Leave it out`);
}

function checkPercentage(name: string, value: unknown): void {
  const least = LIMITS[name] ?? 0;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > 255) {
    throw formatError("JSON body", `${name}: expected an integer from ${least} to 100`);
  }
  if (value < least || value > 100) {
    throw validationError("JSON body", name, outOfRange(String(value), least, 100));
  }
}
