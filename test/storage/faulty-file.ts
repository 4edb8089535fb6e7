import { GrowingBytes } from "../../src/storage/growing-bytes.ts";

const SECTORS = [512, 4096];

/**
 * A file on a disk with a cache.
 *
 * ```
 *   0            durable              size        size + ghost
 *   ├────────────┼────────────────────┼───────────┤
 *   │ survives   │ appended since: may be there after a loss of power, or not, or in parts
 *   └────────────┴────────────────────┴───────────┘
 * ```
 * The ghost is what an append wrote before it failed: taken back, but not yet from the disk.
 */
export class FaultyFile {
  readonly #content = new GrowingBytes();
  /** Bits that turned, by their byte. */
  readonly #flips = new Map<number, number>();
  #ghost = new Uint8Array(0);
  durable = 0;
  /** A sync failed: what was not durable then never is for certain. */
  isBroken = false;

  get size(): number {
    return this.#content.size;
  }

  append(bytes: Uint8Array): void {
    this.#ghost = new Uint8Array(0);
    this.#content.append(bytes);
  }

  leaveGhost(bytes: Uint8Array): void {
    this.#ghost = bytes.slice();
  }

  /** @param size of the file when the sync began */
  makeDurable(size: number): void {
    if (this.isBroken) return;
    this.durable = Math.max(this.durable, size);
    this.#ghost = new Uint8Array(0);
  }

  flip(byte: number, bit: number): void {
    if (byte >= this.size) throw new RangeError(`byte ${byte} of ${this.size}`);
    this.#flips.set(byte, (this.#flips.get(byte) ?? 0) ^ (1 << bit));
  }

  read(from: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = this.#content.copy(from, length);
    for (const [byte, bits] of this.#flips) {
      if (byte >= from && byte < from + length) bytes[byte - from] = (bytes[byte - from] as number) ^ bits;
    }
    return bytes;
  }

  /** As the system has it after only the process ended. */
  clone(): FaultyFile {
    const copy = new FaultyFile();
    copy.append(this.read(0, this.size));
    copy.#ghost = this.#ghost;
    copy.durable = this.durable;
    copy.isBroken = this.isBroken;
    return copy;
  }

  /** As the disk has it after a loss of power. */
  survivor(random: () => number): FaultyFile {
    const survivor = new FaultyFile();
    survivor.append(this.#surviving(random));
    survivor.durable = survivor.size;
    return survivor;
  }

  #surviving(random: () => number): Uint8Array {
    const all = new Uint8Array(this.size + this.#ghost.length);
    all.set(this.read(0, this.size));
    all.set(this.#ghost, this.size);
    const { durable } = this;
    const way = random();
    if (way < 0.2) return all.subarray(0, durable);
    if (way < 0.4) return all.subarray(0, random() < 0.5 ? this.size : all.length);
    const isCut = random() < 0.6;
    const end = isCut ? durable + Math.floor(random() * (all.length - durable + 1)) : all.length;
    if (way >= 0.7) loseSectors(all, durable, end, random);
    return all.subarray(0, end);
  }
}

/** Sectors reach the disk in any order: some are there, others hold nothing, or what was there before. */
function loseSectors(bytes: Uint8Array, from: number, to: number, random: () => number): void {
  const sector = SECTORS[Math.floor(random() * SECTORS.length)] as number;
  const isGarbage = random() < 0.5;
  for (let begin = from; begin < to; ) {
    const end = Math.min(to, begin - (begin % sector) + sector);
    if (random() < 0.5) {
      for (let i = begin; i < end; i++) bytes[i] = isGarbage ? Math.floor(random() * 256) : 0;
    }
    begin = end;
  }
}
