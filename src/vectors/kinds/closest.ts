/**
 * The `limit` closest of many points: a binary heap with the farthest on top. Of points equally far the smaller offset
 * counts as closer.
 */
export class Closest {
  readonly #limit: number;
  readonly #offsets: Uint32Array;
  readonly #distances: Float32Array;
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
    this.#offsets = new Uint32Array(limit);
    this.#distances = new Float32Array(limit);
  }

  get isFull(): boolean {
    return this.#count === this.#limit;
  }

  /** The largest distance kept, once it is full. */
  get farthest(): number {
    return this.#distances[0] as number;
  }

  /** Keeps a point if it is among the closest so far. `distance` is an f32 number, maybe infinite. */
  offer(offset: number, distance: number): void {
    if (this.#count < this.#limit) this.#siftUp(offset, distance);
    else if (this.#isFarther(0, offset, distance)) this.#siftDown(0, this.#count, offset, distance);
  }

  /** The points and their distances, the closest first. Nothing can be offered any more. */
  sorted(): { offsets: Uint32Array; distances: Float32Array } {
    const offsets = this.#offsets;
    const distances = this.#distances;
    for (let end = this.#count - 1; end > 0; end--) {
      const offset = offsets[end] as number;
      const distance = distances[end] as number;
      offsets[end] = offsets[0] as number;
      distances[end] = distances[0] as number;
      this.#siftDown(0, end, offset, distance);
    }
    return { offsets: offsets.subarray(0, this.#count), distances: distances.subarray(0, this.#count) };
  }

  /** Whether the point at `index` is farther than another one. */
  #isFarther(index: number, offset: number, distance: number): boolean {
    const own = this.#distances[index] as number;
    return own > distance || (own === distance && (this.#offsets[index] as number) > offset);
  }

  #siftUp(offset: number, distance: number): void {
    let at = this.#count++;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (this.#isFarther(parent, offset, distance)) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#put(at, offset, distance);
  }

  #siftDown(from: number, count: number, offset: number, distance: number): void {
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= count) break;
      const right = child + 1;
      if (
        right < count &&
        this.#isFarther(right, this.#offsets[child] as number, this.#distances[child] as number)
      ) {
        child = right;
      }
      if (!this.#isFarther(child, offset, distance)) break;
      this.#move(child, at);
      at = child;
    }
    this.#put(at, offset, distance);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#offsets[from] as number, this.#distances[from] as number);
  }

  #put(at: number, offset: number, distance: number): void {
    this.#offsets[at] = offset;
    this.#distances[at] = distance;
  }
}
