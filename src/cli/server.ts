/** A handler behind a socket. */

import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { getRequestListener } from "@hono/node-server";
import type { NearvecClient } from "../client/client.ts";
import { createHandler } from "../http/handler.ts";
import type { HandlerOptions } from "../http/options.ts";
import { SlowCallers } from "./slow-callers.ts";

export interface ServerOptions extends HandlerOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** In how many seconds a caller must have sent its headers. Default: 10. */
  readonly headersTimeout?: number;
  /**
   * In how many seconds a caller must have sent its request, once there are its headers. Uploads of snapshots may take longer: as
   * long as in each such span 16 KiB a second come. Default: 120.
   */
  readonly requestTimeout?: number;
  /** For how many seconds a caller may take nothing of its answer. Default: 60. */
  readonly readTimeout?: number;
}

export interface RunningServer {
  readonly url: string;
  /** Lets requests that are under way come to their end, for some seconds; new ones are refused at once. */
  close(): Promise<void>;
}

const TIMEOUTS = { headersTimeout: 10, requestTimeout: 120, readTimeout: 60 };
/** How long requests under way may take when the server is closed. Who stops processes gives them 5 s at least. */
const PATIENCE_MS = 4000;
const LEVEL = { level: 1 };

const compress = promisify(gzip);

/** @throws what the system says when it can't listen there: EADDRINUSE, EACCES, … */
export async function startServer(client: NearvecClient, options: ServerOptions): Promise<RunningServer> {
  const { host, port, headersTimeout, requestTimeout, readTimeout, ...rest } = { ...TIMEOUTS, ...options };
  const handler = createHandler(client, {
    ...rest,
    gzip: async (text) => new Uint8Array(await compress(text, LEVEL)),
  });
  const listener = getRequestListener((request) => handler(request));
  let isClosing = false;
  /** How many requests of each connection are being answered. */
  const connections = new Map<Socket, number>();
  const slow = new SlowCallers(requestTimeout * 1000);
  const server = createServer(
    {
      headersTimeout: Math.min(headersTimeout, requestTimeout) * 1000,
      // Node's own makes no difference between requests.
      requestTimeout: 0,
      // Slow callers are looked for this often.
      connectionsCheckingInterval: Math.min(1000, headersTimeout * 1000),
    },
    (incoming, outgoing) => {
      const { socket } = incoming;
      connections.set(socket, (connections.get(socket) ?? 0) + 1);
      slow.watch(incoming, outgoing);
      outgoing.once("close", () => {
        const left = (connections.get(socket) ?? 0) - 1;
        if (connections.has(socket)) connections.set(socket, left);
        if (isClosing && left === 0) socket.destroySoon();
      });
      if (!isClosing) return void listener(incoming, outgoing);
      // On a connection that was there before.
      outgoing.writeHead(503, { "content-type": "application/json", connection: "close" });
      outgoing.end(JSON.stringify({ status: { error: "Service unavailable: shutting down" }, time: 0 }));
    },
  );
  server.on("connection", (socket) => {
    connections.set(socket, 0);
    socket.once("close", () => connections.delete(socket));
  });
  // Nothing came or went for so long. That is as it should be only while an answer is being made.
  server.setTimeout(readTimeout * 1000, (socket: Socket) => {
    if (socket.writableLength > 0 || connections.get(socket) === 0) socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error) => {
      slow.stop();
      reject(error);
    };
    server.once("error", fail);
    server.listen(port, host, () => {
      server.off("error", fail);
      resolve();
    });
  });
  const { port: actual } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      isClosing = true;
      // Nobody is kept waiting by those who said nothing, or not all of their headers.
      for (const [socket, running] of connections) if (running === 0) socket.destroySoon();
      const patience = setTimeout(() => server.closeAllConnections(), PATIENCE_MS);
      server.close(() => {
        clearTimeout(patience);
        slow.stop();
        resolve();
      });
    });
  return { url: `http://${host.includes(":") ? `[${host}]` : host}:${actual}`, close };
}
