/** Callers that take too long to send their requests: each holds a connection, and memory, or a file, behind it. */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** What has no size that a span of time could be set for. */
const UPLOAD = /^[^?]*\/snapshots\/upload\/?(?:\?|$)/;
/** The least that has to come of an upload, in bytes per second: whoever holds a connection by it pays for that. */
const LEAST_RATE = 16 * 1024;
const ANSWER = "HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/** A request that is not all there yet. */
interface Coming {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  /** When its span began, and how much had come on the connection by then. */
  since: number;
  received: number;
}

/** Cuts off whoever has not sent a request by the end of a span; of an upload, whoever sent next to nothing in it. */
export class SlowCallers {
  readonly #span: number;
  /** Requests come one after the other on a connection. */
  readonly #coming = new Map<Socket, Coming | undefined>();
  readonly #timer: ReturnType<typeof setInterval>;

  /** @param span in milliseconds */
  constructor(span: number) {
    this.#span = span;
    this.#timer = setInterval(() => this.#look(), Math.min(1000, span / 2));
    this.#timer.unref();
  }

  /** From when the headers are there. */
  watch(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { socket } = incoming;
    if (!this.#coming.has(socket)) socket.once("close", () => this.#coming.delete(socket));
    this.#coming.set(socket, { incoming, outgoing, since: performance.now(), received: socket.bytesRead });
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    for (const [socket, coming] of this.#coming) {
      if (coming === undefined) continue;
      const { incoming, outgoing, since } = coming;
      if (incoming.complete) this.#coming.set(socket, undefined);
      if (incoming.complete || now - since < this.#span) continue;
      if (isUnderWay(coming, socket, now)) {
        coming.since = now;
        coming.received = socket.bytesRead;
        continue;
      }
      // An answer that has begun can't become another one.
      if (!outgoing.headersSent && socket.writable) socket.write(ANSWER);
      socket.destroySoon();
      // What has been written is not waited for any longer than that.
      setImmediate(() => socket.destroy());
    }
  }
}

/** Whether it is an upload of which enough came; or it is the server that is slow, and what came fills its buffer. */
function isUnderWay({ incoming, since, received }: Coming, socket: Socket, now: number): boolean {
  if (!UPLOAD.test(incoming.url ?? "")) return false;
  const isFull = incoming.readableLength >= incoming.readableHighWaterMark;
  return isFull || socket.bytesRead - received >= (LEAST_RATE * (now - since)) / 1000;
}
