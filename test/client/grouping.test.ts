import { describe, expect, test, vi } from "vitest";
import { hasBit } from "../../src/bits.ts";
import { type GroupsRequest, runGroups } from "../../src/client/groups.ts";
import type { Ranked } from "../../src/client/ranking.ts";
import type { Matches } from "../../src/collection/matches.ts";
import { parseFilter } from "../../src/filters/parse.ts";
import { tickingCollection } from "../collection/ticking-collection.ts";

const COUNT = 6000;
/** Long runs of one group come first: beginnings of the ranking don't do. */
const groupOf = (id: number) => (id < 3000 ? "a" : `${id % 4}`);

/** Points 0, 1, … ranked by their ids. */
function setUp({ limit = 4, size = 300, of = groupOf } = {}) {
  const made = tickingCollection();
  const { collection, send, pointsOf } = made;
  send("upsert", pointsOf(Array.from({ length: COUNT }, (_, id) => [id, { of: of(id) }])));
  const ranking = (limit: number, matches: Matches | undefined): Ranked[] =>
    Array.from(collection.ids.live.keys())
      .flatMap((word) =>
        Array.from({ length: 32 }, (_, bit) => word * 32 + bit).filter((offset) =>
          collection.ids.has(offset),
        ),
      )
      .filter((offset) => matches === undefined || hasBit(matches.bitmap, offset))
      .map((offset) => ({ offset, score: -Number(collection.ids.idAt(offset)) }))
      .sort((a, b) => b.score - a.score)
      .slice(0, limit);
  const request: GroupsRequest<unknown> = {
    path: ["of"],
    limit,
    size,
    filter: undefined,
    ranking,
    largerIsCloser: true,
    shape: ({ offset }) => collection.ids.idAt(offset),
  };
  return { ...made, request };
}

type SetUp = ReturnType<typeof setUp>;

/** Lets turns pass until the groups are there, each with what happens before. */
async function answer(
  { settle, collection, request }: SetUp,
  between: (turn: number) => void,
  timeout?: number,
) {
  let turns = 0;
  const groups = await settle(runGroups(collection, request, collection.deadline(timeout)), (turn) => {
    between(turn);
    turns = turn + 1;
  });
  return { groups, turns };
}

const first = (count: number, group: string) =>
  Array.from({ length: COUNT }, (_, id) => id)
    .filter((id) => groupOf(id) === group)
    .slice(0, count);

describe("while groups are filled up", () => {
  const expected = ["a", "0", "1", "2"].map((id) => ({ id, hits: first(300, id) }));

  test("others have their turns", async () => {
    const all = setUp();
    const { groups, turns } = await answer(all, () => undefined);
    expect(groups).toEqual(expected);
    // Filters alone take far fewer.
    const { settle, collection } = setUp();
    let filtering = 0;
    const none = parseFilter({ must: { key: "of", match: { value: "none" } } }, "filter");
    await settle(
      collection.withMatches(none, undefined, () => undefined),
      () => filtering++,
    );
    expect(turns).toBeGreaterThan(1.2 * filtering);
  });

  test("points whose other values change stay where they are", async () => {
    const all = setUp();
    const { groups } = await answer(all, (turn) => {
      const points = Array.from({ length: 100 }, (_, i) => 3000 + ((turn * 17 + i * 13) % 1500));
      all.send("set_payload", { payload: { turn }, points });
    });
    expect(groups).toEqual(expected);
    expect(all.collection.slicing.watchers.size).toBe(0);
  });

  test("points that come in the place of others have a place of their own", async () => {
    const all = setUp();
    const { groups } = await answer(all, (turn) => {
      const gone = Array.from({ length: 20 }, (_, i) => 3000 + ((turn * 37 + i * 59) % 1200));
      all.send("delete", { points: gone });
      const ids = gone.map((_, i) => 10_000 + 20 * turn + i);
      all.send("upsert", all.pointsOf(ids.map((id) => [id, { of: groupOf(id) }])));
    });
    for (const { hits } of groups) expect(hits).toEqual((hits as number[]).toSorted((a, b) => a - b));
  });

  test("a point that gets the offset of a deleted one is another one", async () => {
    const all = setUp({ limit: 6 });
    // These are among the ones that are looked at first.
    const gone = Array.from({ length: 50 }, (_, i) => i);
    const { groups } = await answer(all, (turn) => {
      if (turn !== 2) return;
      all.send("delete", { points: gone });
      all.send("upsert", all.pointsOf(gone.map((i) => [10_000 + i, { of: "new" }])));
    });
    expect(groups.map(({ id }) => id)).toEqual(["a", "0", "1", "2", "3", "new"]);
    expect(groups[5]?.hits).toEqual(gone.map((i) => 10_000 + i));
  });

  test("the deadline holds", async () => {
    const all = setUp();
    await expect(answer(all, () => undefined, 0.05)).rejects.toMatchObject({ code: "TIMEOUT" });
    expect(all.collection.slicing.watchers.size).toBe(0);
  });

  test("all points are asked but a few times, even when each look takes long", async () => {
    const all = setUp({ limit: 120, size: 1, of: (id) => `${Math.floor(id / 50)}` });
    const asked = vi.spyOn(all.collection, "withMatches");
    const { groups } = await answer(all, () => undefined);
    expect(groups).toEqual(Array.from({ length: 120 }, (_, i) => ({ id: `${i}`, hits: [i * 50] })));
    expect(asked.mock.calls.length).toBeLessThan(7);
  });
});
