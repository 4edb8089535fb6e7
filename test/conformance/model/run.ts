/** A collection and its model, taken through random steps. */
import { expect } from "vitest";
import { type Client, untyped, withCollection } from "../support.ts";
import { Chance } from "./chance.ts";
import { INDEXES } from "./payloads.ts";
import { aRead, everything, type Recall } from "./reads.ts";
import { type Space, settings } from "./vectors.ts";
import { aWrite, type Model, severalWrites } from "./writes.ts";

/** What a run is of. */
export interface Setup {
  spaces: Readonly<Record<string, Space>>;
  /** Names that come and go. */
  floating?: readonly (readonly [string, Space])[];
  /** Paths that payload indexes may be on: all that suit, unless said otherwise. */
  paths?: typeof INDEXES;
  /** How many integers are ids: about twice as many as there will be points. */
  ids: number;
}

const WRITE_SHARE = 0.4;
/** Everything is compared after about that many steps, and at the end. */
const BETWEEN_FULL_COMPARISONS = 50;

/** A request to create the collection of a setup. */
export function creation({ spaces }: Pick<Setup, "spaces">): object {
  const own = (kind: (space: Space) => boolean) => Object.entries(spaces).filter(([, space]) => kind(space));
  const dense = own((space) => space.kind !== "sparse").map(
    ([name, space]) => [name, settings(space as Exclude<Space, { kind: "sparse" }>)] as const,
  );
  const sparse = own((space) => space.kind === "sparse").map(
    ([name, space]) => [name, "idf" in space && space.idf ? { modifier: "idf" } : {}] as const,
  );
  const [first] = dense;
  return {
    vectors: first?.[0] === "" ? first[1] : Object.fromEntries(dense),
    ...(sparse.length > 0 && { sparse_vectors: Object.fromEntries(sparse) }),
    // A graph that searches go through with few points, and that has to be rebuilt now and then.
    hnsw_config: { m: 4, ef_construct: 40, full_scan_threshold: 10 },
    optimizers_config: { vacuum_min_vector_number: 100 },
  };
}

/** A collection without points. */
export function modelOf({ spaces, paths = INDEXES, ids, floating = [] }: Setup): Model {
  return {
    points: new Map(),
    spaces: new Map(Object.entries(spaces)),
    indexes: new Map(),
    paths,
    ids,
    floating,
  };
}

/**
 * One step for each seed. A step depends on its seed and the model only, so that leaving some out, as shrinking
 * does, leaves the others much as they were.
 *
 * @returns how well approximate answers did
 */
export async function run(setup: Setup, seeds: Iterable<number>): Promise<Recall> {
  const model = modelOf(setup);
  const recall: Recall = { found: 0, wanted: 0 };
  await using client = await withCollection(untyped(creation(setup)));
  const history: string[] = [];
  let number = 0;
  try {
    for (const seed of seeds) {
      await step(client, new Chance(seed), model, recall, history);
      number++;
    }
    await everything(client, model);
  } catch (error) {
    const last = history.slice(-8).map((line) => (line.length > 1500 ? `${line.slice(0, 1500)}…` : line));
    throw new Error(`at step ${number}, after:\n${last.join("\n")}`, { cause: error });
  }
  return recall;
}

async function step(
  client: Client,
  chance: Chance,
  model: Model,
  recall: Recall,
  history: string[],
): Promise<void> {
  if (chance.is(1 / BETWEEN_FULL_COMPARISONS)) await everything(client, model);
  if (chance.is(0.02)) await whenGreen(client);
  if (!chance.is(WRITE_SHARE)) {
    const [text, read] = aRead(chance, model, recall);
    history.push(text);
    await read(client);
    return;
  }
  if (chance.is(0.1)) {
    const sent = severalWrites(chance, model).map(({ write, done }) => {
      history.push(`at once: ${write.text}`);
      return expectDone(write.send(client), done);
    });
    await Promise.all(sent);
    if (chance.is(0.3)) await everything(client, model);
    return;
  }
  const write = aWrite(chance, model);
  history.push(write.text);
  const done = write.effect();
  await expectDone(write.send(client), done);
  // Twice in a row is as once, and answers the same.
  if (!write.repeatable || !chance.is(0.25)) return;
  history.push("the same again");
  await expectDone(write.send(client), done);
  if (chance.is(0.3)) await everything(client, model);
}

async function expectDone(call: Promise<unknown>, done: boolean): Promise<void> {
  if (done) await call;
  else await expect(call).rejects.toMatchObject({ code: "POINT_NOT_FOUND" });
}

async function whenGreen(client: Client): Promise<void> {
  while ((await client.getCollection("c")).status !== "green")
    await new Promise((done) => setTimeout(done, 1));
}
