import type { Collection } from "../collection/collection.ts";
import { OperationEncoder } from "../collection/operation-encoder.ts";
import { NearvecError } from "../errors.ts";
import type { UpdateResult } from "./types.ts";
import type { ParsedWrite } from "./validate-write.ts";

/** The way of every write into a collection. */
export class Writer {
  #encoder: OperationEncoder | undefined;

  /**
   * Checks and encodes all operations, then submits one after the other: those before one that fails stay.
   * Answers one result each once there is room for more.
   */
  async write(
    collection: Collection,
    parse: (encoder: OperationEncoder) => ParsedWrite,
  ): Promise<UpdateResult[]> {
    // Taken out while in use: a getter or toJSON of the caller's objects may well call the client again.
    const encoder = this.#encoder ?? new OperationEncoder();
    this.#encoder = undefined;
    let write: ParsedWrite;
    let sequences: number[];
    try {
      write = parse(encoder);
      const { operations, wait } = write;
      sequences = operations.map((operation) => submit(collection, operation, wait));
    } finally {
      this.#encoder = encoder;
    }
    const { wait, timeout } = write;
    await collection.whenRoom(timeout === undefined ? Number.POSITIVE_INFINITY : timeout * 1000);
    return sequences.map((operation_id) => ({ operation_id, status: wait ? "completed" : "acknowledged" }));
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
