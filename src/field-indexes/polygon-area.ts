import type { Ring } from "../filters/geo.ts";
import type { Area, Relation } from "./geo-areas.ts";
import { type Box, boxOf, type Cell } from "./geo-cells.ts";

/** From a corner of a ring to the next one, as the ring goes; with the edge's lower and upper end. */
interface Edge {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly low: number;
  readonly high: number;
}

/** What a ring takes beside its edges, by the edges compared meanwhile. */
const RING = 3;

/** What is left of a ring inside a cell. */
interface Rest {
  /** How often those edges wind around a point of the cell that do so around all of them alike. */
  readonly winding: number;
  /** The edges that have to be compared with each point. */
  readonly edges: readonly Edge[];
}

/**
 * A polygon inside a cell. A point is inside a ring when that winds around it: when more edges pass it upwards on its right
 * than downwards. So, for the points of a cell,
 *
 * ```
 *               1 │      2            1  edges on the left don't count
 *        ───────  ┌─────────┐         2  nor do those above or below
 *      \          │  cell   │ \ 3      3  an edge on the right that goes past all of the cell counts for all points
 *     1 \      4 ─┼──       │  \
 *                 └─────────┘   │ 5   4  those in the cell and
 *                               ╵     5  those that end beside it are compared with each point
 * ```
 */
export class PolygonArea implements Area {
  readonly effort: number;
  readonly #exterior: Rest;
  readonly #interiors: readonly Rest[];
  readonly #box: Box;

  private constructor(exterior: Rest, interiors: readonly Rest[], box: Box) {
    this.#exterior = exterior;
    this.#interiors = interiors;
    this.#box = box;
    this.effort = interiors.reduce(
      (sum, { edges }) => sum + RING + edges.length,
      RING + exterior.edges.length,
    );
  }

  /** @param box where the points are that will be asked */
  static of(exterior: Ring, interiors: readonly Ring[], box: Box): PolygonArea {
    return new PolygonArea(whole(exterior), interiors.map(whole), box);
  }

  relate(cell: Cell): { relation: Relation; within: Area } {
    const box = boxOf(cell);
    const outer = restIn(this.#exterior, box);
    const holes = this.#interiors.map((hole) => restIn(hole, box));
    const interiors = holes.filter(({ winding, edges }) => winding !== 0 || edges.length > 0);
    const within = new PolygonArea(outer, interiors, box);
    if (outer.touches || holes.some(({ touches }) => touches)) return { relation: "border", within };
    const isIn = within.has((box.west + box.east) / 2, (box.south + box.north) / 2);
    return { relation: isIn ? "inside" : "outside", within };
  }

  has(lon: number, lat: number): boolean {
    const { west, east, south, north } = this.#box;
    if (lon < west || lon > east || lat < south || lat > north) return false;
    return side(this.#exterior, lon, lat) > 0 && this.#interiors.every((hole) => side(hole, lon, lat) < 0);
  }
}

function whole(ring: Ring): Rest {
  const edges: Edge[] = [];
  for (let i = 0; i + 3 < ring.length; i += 2) {
    const [x1, y1, x2, y2] = ring.subarray(i, i + 4) as unknown as [number, number, number, number];
    edges.push({ x1, y1, x2, y2, low: Math.min(y1, y2), high: Math.max(y1, y2) });
  }
  return { winding: 0, edges };
}

/** What is left of a ring in a box, and whether some edge touches that. */
function restIn(ring: Rest, box: Box): Rest & { readonly touches: boolean } {
  const { west, east, south, north } = box;
  let { winding } = ring;
  let touches = false;
  const edges: Edge[] = [];
  for (const edge of ring.edges) {
    const { x1, x2, low, high } = edge;
    if (high < south || low > north || Math.max(x1, x2) < west) continue;
    const isRight = Math.min(x1, x2) > east;
    const place = isRight ? RIGHT : placeOf(edge, box);
    if (place === TOUCHING) touches = true;
    else if (low <= south && high > north) {
      if (place === RIGHT) winding += edge.y1 < edge.y2 ? 1 : -1;
      continue;
    }
    edges.push(edge);
  }
  return { winding, edges, touches };
}

const [LEFT, TOUCHING, RIGHT] = [-1, 0, 1];

/** Degrees by which a line may miss a box and still count as touching it. */
const CLOSE = 1e-9;

/** On which side of a box the line through an edge passes it. */
function placeOf({ x1, y1, x2, y2 }: Edge, { west, east, south, north }: Box): number {
  const dx = x2 - x1;
  const dy = y2 - y1;
  const margin = CLOSE * (Math.abs(dx) + Math.abs(dy));
  // Positive where a corner lies to the left of the edge, as the edge goes.
  const a = dx * (south - y1) - (west - x1) * dy;
  const b = dx * (south - y1) - (east - x1) * dy;
  const c = dx * (north - y1) - (west - x1) * dy;
  const d = dx * (north - y1) - (east - x1) * dy;
  if (Math.min(a, b, c, d) > margin) return dy > 0 ? RIGHT : LEFT;
  if (Math.max(a, b, c, d) < -margin) return dy > 0 ? LEFT : RIGHT;
  return TOUCHING;
}

/** As the whole ring has it (see filters/geo.ts): 1 inside, 0 on it, -1 outside. */
function side(ring: Rest, x: number, y: number): -1 | 0 | 1 {
  let { winding } = ring;
  for (const { x1, y1, x2, y2, low, high } of ring.edges) {
    if (y < low || y > high) continue;
    const left = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1);
    if (left === 0 && x >= Math.min(x1, x2) && x <= Math.max(x1, x2)) return 0;
    if (y1 <= y && y < y2 && left > 0) winding++;
    else if (y2 <= y && y < y1 && left < 0) winding--;
  }
  return winding === 0 ? -1 : 1;
}
