/** What a process that is going to be killed tells as it goes: eight bytes for each event, written before the next one. */

export const Event = {
  OPENING: 1,
  OPENED: 2,
  ISSUED: 3,
  ACKNOWLEDGED: 4,
  CHECKPOINT: 5,
  CLOSING: 6,
} as const;
export type Event = (typeof Event)[keyof typeof Event];

export interface Report {
  readonly event: Event;
  /** Whose: an index into WHO. */
  readonly who: number;
  /** How many operations so far. */
  readonly count: number;
}

/** The pipe. */
export const REPORTS_TO = 3;
const BYTES = 8;

export function encodeReport({ event, who, count }: Report): Uint8Array {
  const view = new DataView(new ArrayBuffer(BYTES));
  view.setUint8(0, event);
  view.setUint8(1, who);
  view.setUint32(4, count, true);
  return new Uint8Array(view.buffer);
}

/** Reports out of the pieces in which they come. */
export class ReportReader {
  #rest = new Uint8Array(0);

  read(piece: Uint8Array): Report[] {
    const bytes = new Uint8Array(this.#rest.length + piece.length);
    bytes.set(this.#rest);
    bytes.set(piece, this.#rest.length);
    const view = new DataView(bytes.buffer);
    const reports: Report[] = [];
    let at = 0;
    for (; at + BYTES <= bytes.length; at += BYTES) {
      const event = view.getUint8(at) as Event;
      reports.push({ event, who: view.getUint8(at + 1), count: view.getUint32(at + 4, true) });
    }
    this.#rest = bytes.slice(at);
    return reports;
  }
}
