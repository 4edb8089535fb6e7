/** A collection without a client around it, by a clock that moves on whenever it is read. */

import { WRITES, type WriteName } from "../../src/client/changes.ts";
import { formsOf } from "../../src/client/forms-of.ts";
import { parseCreateCollection } from "../../src/client/validate-collection.ts";
import { parseWrite } from "../../src/client/validate-write.ts";
import { Background } from "../../src/collection/background.ts";
import { Collection } from "../../src/collection/collection.ts";
import { filterCode } from "../../src/collection/filtering-on-demand.ts";
import type { Page } from "../../src/collection/id-walk.ts";
import { OperationEncoder } from "../../src/collection/operation-encoder.ts";
import { partialChanges } from "../../src/collection/partial-changes-on-demand.ts";
import { loadCore } from "../../src/core/load.ts";
import { Ticking } from "./support.ts";

await partialChanges.load();
await filterCode.load();
const core = await loadCore();
const encoder = new OperationEncoder();

/** An empty one, of points that may have a vector of one number. */
export function tickingCollection() {
  const puppet = new Ticking();
  const config = parseCreateCollection({ vectors: { size: 1, distance: "Dot" }, hnsw_config: { m: 0 } });
  const background = new Background(puppet);
  const collection = new Collection(core, config, background, puppet);
  return {
    puppet,
    background,
    collection,
    /** Another turn of the event loop, in which nothing has been done yet. */
    later: () => {
      background.spent = 0;
    },
    /** A write as clients send it, applied at once. */
    send: (name: WriteName, request: unknown) => {
      const [operation] = parseWrite(WRITES[name], request, formsOf(collection), encoder).operations;
      if (!(operation instanceof Uint8Array)) throw new Error("an operation on ids was expected");
      collection.submit(operation);
    },
    /** Points with these payloads, by their ids, and without a vector. */
    pointsOf: (payloads: Iterable<readonly [id: number, payload: object]>) => ({
      points: Array.from(payloads, ([id, payload]) => ({ id, vector: {}, payload })),
    }),
    /** Lets the turns pass until the answer is there; `before` each of them something may happen. */
    settle: async <T>(answer: T | Promise<T>, before?: (turn: number) => void): Promise<T> => {
      let isOver = false;
      const over = Promise.resolve(answer).finally(() => {
        isOver = true;
      });
      over.catch(() => undefined);
      for (let turn = 0; !isOver; turn++) {
        before?.(turn);
        await puppet.turn();
      }
      return over;
    },
    /** The ids of a page, and that of the point after it. */
    idsOf: ({ offsets, next }: Page) => [
      offsets.map((each) => collection.ids.idAt(each)),
      next === undefined ? undefined : collection.ids.idAt(next),
    ],
  };
}
