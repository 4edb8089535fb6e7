/** Where the tour goes: the cities of Qdrant's quick start. */

import type { QdrantClient, Schemas } from "@qdrant/js-client-rest";
import { expect } from "vitest";

/** A client to drive, once it is there. */
export type Driver = () => QdrantClient;

export const BERLIN = { city: "Berlin", country: "Germany", visitors: 13, founded: "1237-01-01T00:00:00Z" };
export const LONDON = { city: "London", country: "Britain", visitors: 20, founded: "0047-01-01T00:00:00Z" };
const MOSCOW = { city: "Moscow", country: "Russia", visitors: 20, founded: "1147-01-01T00:00:00Z" };
const NEW_YORK = { city: "New York", country: "USA", visitors: 66, founded: "1624-01-01T00:00:00Z" };
const BEIJING = { city: "Beijing", country: "China", visitors: 32, tags: ["capital", "old"] };
export const MUMBAI = { city: "Mumbai", country: "India", visitors: 6, tags: ["old"] };

const CITIES: Schemas["PointStruct"][] = [
  { id: 1, vector: [0.05, 0.61, 0.76, 0.74], payload: BERLIN },
  { id: 2, vector: [0.19, 0.81, 0.75, 0.11], payload: LONDON },
  { id: 3, vector: [0.36, 0.55, 0.47, 0.94], payload: MOSCOW },
  { id: 4, vector: [0.18, 0.01, 0.85, 0.8], payload: NEW_YORK },
  { id: 5, vector: [0.24, 0.18, 0.22, 0.44], payload: BEIJING },
  { id: 6, vector: [0.35, 0.08, 0.11, 0.44], payload: MUMBAI },
];
export const QUERY = [0.2, 0.1, 0.9, 0.7];

export const completed = { operation_id: expect.any(Number), status: "completed" };
export const acknowledged = { operation_id: expect.any(Number), status: "acknowledged" };

/** The collection `cities`, as it was in the beginning. */
export async function build(client: QdrantClient, name = "cities"): Promise<void> {
  await client.deleteCollection(name);
  await client.createCollection(name, { vectors: { size: 4, distance: "Dot" } });
  expect(await client.upsert(name, { wait: true, points: CITIES })).toEqual(completed);
}

/** Ids with scores as the quick start prints them, in thousandths. */
export function rounded(points: readonly Schemas["ScoredPoint"][]) {
  return points.map(({ id, score }) => [id, Math.round(score * 1000) / 1000]);
}

export const ids = (points: readonly { id: string | number }[]) => points.map(({ id }) => id);
