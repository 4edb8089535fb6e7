import type { Collection } from "../collection/collection.ts";
import { filters } from "../collection/filtering-on-demand.ts";
import { OperationEncoder } from "../collection/operation-encoder.ts";
import type { Deadline } from "../collection/slices.ts";
import { NearvecError } from "../errors.ts";
import { extras } from "./extras-on-demand.ts";
import type { Checked } from "./selector.ts";
import type { UpdateResult } from "./types.ts";
import { keep, type ParsedWrite } from "./validate-write.ts";

/** The way of every write into a collection. */
export class Writer {
  #encoder: OperationEncoder | undefined;

  /**
   * Checks and encodes all operations; then, when it is this write's turn and there is room, submits one after the
   * other: those before one that fails stay. Answers one result each.
   */
  async write(
    collection: Collection,
    parse: (encoder: OperationEncoder) => ParsedWrite,
  ): Promise<UpdateResult[]> {
    // Nothing of the caller's runs between here and the end of the write, if it has not to wait: until then the
    // encoder's bytes are those of this write.
    const write = this.#encode(parse);
    const deadline = collection.deadline(write.timeout);
    const mine = collection.writes.idle ? write : keep(write);
    const outcome = collection.writes.run(() => {
      const room = collection.whenRoom(deadline);
      if (room === undefined) return this.#submitAll(collection, mine, deadline);
      const kept = keep(mine);
      return room.then(() => this.#submitAll(collection, kept, deadline));
    });
    const sequences = outcome instanceof Promise ? await outcome : outcome;
    const acknowledgement = collection.log?.acknowledgement();
    if (acknowledgement !== undefined) await acknowledgement;
    const status = write.wait ? "completed" : "acknowledged";
    return sequences.map((operation_id) => ({ operation_id, status }));
  }

  #submitAll(
    collection: Collection,
    write: ParsedWrite,
    deadline: Deadline | undefined,
    sequences: number[] = [],
  ): number[] | Promise<number[]> {
    for (const operation of write.operations.slice(sequences.length)) {
      const sequence = this.#submit(collection, operation, write.wait, deadline);
      if (sequence instanceof Promise) {
        return sequence.then((each) => this.#submitAll(collection, write, deadline, [...sequences, each]));
      }
      sequences.push(sequence);
    }
    return sequences;
  }

  #submit(
    collection: Collection,
    operation: Checked,
    wait: boolean,
    deadline: Deadline | undefined,
  ): number | Promise<number> {
    if (operation instanceof Uint8Array) return submit(collection, operation, wait);
    if ("updateFilter" in operation) {
      const cut = this.#encode((encoder) => extras.module.cutDown(operation, collection, encoder));
      return submit(collection, cut, wait);
    }
    return collection.withMatches(operation.filter, deadline, (matches) => {
      const { ids } = collection;
      return collection.submit(
        this.#encode((encoder) => filters().encodeFiltered(operation, matches, ids, encoder)),
      );
    });
  }

  #encode<T>(use: (encoder: OperationEncoder) => T): T {
    // Taken out while in use: a getter or toJSON of the caller's objects may well call the client again.
    const encoder = this.#encoder ?? new OperationEncoder();
    this.#encoder = undefined;
    try {
      return use(encoder);
    } finally {
      this.#encoder = encoder;
    }
  }
}

/**
 * With `wait: false` the answer only acknowledges, as a server's does: that a point was missing, which a
 * server finds out later, is not reported.
 */
function submit(collection: Collection, operation: Uint8Array, wait: boolean): number {
  try {
    return collection.submit(operation);
  } catch (error) {
    if (wait || !(error instanceof NearvecError) || error.code !== "POINT_NOT_FOUND") throw error;
    return collection.skip();
  }
}
