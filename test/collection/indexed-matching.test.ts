import { describe, expect, test } from "vitest";
import { FieldIndexes } from "../../src/field-indexes/field-indexes.ts";
import { parseFieldParams } from "../../src/field-indexes/params.ts";
import { parseFilter } from "../../src/filters/parse.ts";
import { parsePath } from "../../src/payload/path.ts";
import { IdColumn } from "../../src/points/id-column.ts";
import { tickingCollection } from "./ticking-collection.ts";

function setUp(count: number) {
  const made = tickingCollection();
  const { puppet, collection } = made;
  const payload = (n: number) => ({ n, tenth: n % 10 === 0, word: `w${n % 100}` });
  const store = (...numbers: number[]) =>
    made.send("upsert", made.pointsOf(numbers.map((n) => [n, payload(n)])));
  store(...Array.from({ length: count }, (_, i) => i));
  const index = (field: string, type: unknown) =>
    collection.createFieldIndex(
      parsePath(field, "field_name"),
      parseFieldParams(type, "field_schema"),
      FieldIndexes,
    );
  const turns = async () => {
    let count = 0;
    for (; puppet.tasks.length > 0; count++) await puppet.turn();
    return count;
  };
  const payloadsRead = () => {
    const before = reads;
    reads = 0;
    return before;
  };
  let reads = 0;
  const getBytes = collection.payloads.getBytes.bind(collection.payloads);
  collection.payloads.getBytes = (offset) => {
    reads++;
    return getBytes(offset);
  };
  return { ...made, store, index, turns, payloadsRead };
}

const filter = (...must: object[]) => parseFilter({ must }, "filter");
const tenths = { key: "tenth", match: { value: true } };
const below = (n: number) => ({ key: "n", range: { lt: n } });
const word = (value: string) => ({ key: "word", match: { value } });

describe("building", () => {
  test("goes on in slices; until it is over payloads are asked, and what is written reaches the index", async () => {
    const { collection, index, send, store, turns, puppet } = setUp(2000);
    const before = index("x", "bool");
    expect(index("n", "integer")).toBe(before + 1);
    const schema = () => collection.payloadSchema.n;
    // The other one has taken the time for what is done at once.
    expect(schema()?.points).toBe(0);
    await puppet.turn();
    await puppet.turn();
    expect(schema()?.points).toBeGreaterThan(0);
    expect(schema()?.points).toBeLessThan(2000);
    send("delete", { points: [0, 1, 1998, 1999] });
    send("clear_payload", { points: [2, 1997] });
    send("overwrite_payload", { points: [3, 1996], payload: { n: 5000 } });
    send("set_payload", { points: [4, 1995], payload: { n: 6000 } });
    send("delete_payload", { points: [5, 1994], keys: ["n"] });
    store(3000, 3001, 3002);
    expect(collection.fieldIndexes?.complete(parsePath("n", "n"))).toBeUndefined();
    expect(await turns()).toBeGreaterThan(10);
    expect(schema()).toEqual({ data_type: "integer", points: 2000 - 4 - 2 - 2 + 3 });
    const count = (...must: object[]) => collection.countMatches(filter(...must), undefined);
    expect(count({ key: "n", range: { gte: 5000 } })).toBe(4);
    expect(count(below(10))).toBe(10 - 6);
    expect(count({ key: "n", range: { gte: 1990, lt: 4000 } })).toBe(10 - 6 + 3);
  });

  test("the same index again goes on, another one begins anew, and a dropped one is forgotten", async () => {
    const { collection, index, turns } = setUp(2000);
    const path = parsePath("n", "n");
    const deadline = collection.deadline(3);
    index("n", "integer");
    const first = collection.whenFieldIndexed(path, undefined);
    index("n", "integer");
    expect(collection.whenFieldIndexed(path, undefined)).toBeInstanceOf(Promise);
    let isOver = false;
    void first?.then(() => {
      isOver = true;
    });
    index("n", "float");
    for (let i = 0; i < 5; i++) await Promise.resolve();
    expect(isOver).toBe(false);
    const late = collection.whenFieldIndexed(path, { at: 0, timeout: 1 });
    const second = collection.whenFieldIndexed(path, deadline && { ...deadline, at: 1e9 });
    await turns();
    expect(await late).toBe(false);
    expect(await second).toBe(true);
    // What it was asked for is no more, but another one in its place.
    expect(await first).toBe(true);
    expect(collection.whenFieldIndexed(path, undefined)).toBeUndefined();
    expect(collection.payloadSchema).toEqual({ n: { data_type: "float", points: 2000 } });
    index("word", "keyword");
    const dropped = collection.whenFieldIndexed(parsePath("word", "n"), undefined);
    collection.dropFieldIndex(parsePath("word", "n"));
    expect(await dropped).toBe(true);
    expect(await turns()).toBe(0);
    expect(Object.keys(collection.payloadSchema)).toEqual(["n"]);
  });

  test("an option without effect builds nothing anew, but is shown", async () => {
    const { collection, index, turns } = setUp(2000);
    index("n", "integer");
    await turns();
    index("n", { type: "integer", is_principal: true });
    expect(collection.fieldIndexes?.complete(parsePath("n", "n"))).toBeDefined();
    expect(collection.payloadSchema.n?.params).toEqual({ type: "integer", is_principal: true });
  });

  test("looks at the clock after large payloads, however few they are", () => {
    const { collection, index, send, pointsOf, puppet } = setUp(0);
    const large = "x".repeat(5000);
    send("upsert", pointsOf(Array.from({ length: 12 }, (_, id) => [id, { n: id, large }])));
    const begin = puppet.time;
    index("n", "integer");
    expect(collection.payloadSchema.n?.points).toBeLessThan(12);
    expect(puppet.time - begin).toBeLessThan(10);
  });

  test("closing ends it", async () => {
    const { collection, index, turns } = setUp(2000);
    index("n", "integer");
    const waiting = collection.whenFieldIndexed(parsePath("n", "n"), undefined);
    collection.close("it is over");
    await expect(waiting).rejects.toMatchObject({ code: "CLOSED" });
    expect(await turns()).toBe(0);
    expect(() => index("word", "keyword")).toThrow("it is over");
  });

  test("an index that fails is set aside, and payloads are asked again", async () => {
    const { collection, index, send, turns } = setUp(20);
    index("n", "integer");
    const field = collection.fieldIndexes?.complete(parsePath("n", "n"));
    if (field === undefined) throw new Error("a small collection is indexed at once");
    field.index.add = () => {
      throw new RangeError("Map maximum size exceeded");
    };
    send("set_payload", { points: [3], payload: { n: 100 } });
    expect(collection.fieldIndexes?.complete(parsePath("n", "n"))).toBeUndefined();
    expect(collection.countMatches(filter({ key: "n", range: { gte: 100 } }), undefined)).toBe(1);
    await expect(collection.whenFieldIndexed(parsePath("n", "n"), undefined)).rejects.toMatchObject({
      code: "OUT_OF_MEMORY",
    });
    // Making it again gives it another chance.
    index("n", "integer");
    await turns();
    expect(collection.payloadSchema.n?.points).toBe(20);
  });
});

describe("filters", () => {
  test("on indexed fields are answered at once, without a payload", async () => {
    const { collection, index, turns, later, payloadsRead, idsOf } = setUp(5000);
    for (const [field, type] of Object.entries({ n: "integer", tenth: "bool", word: "keyword" }))
      index(field, type);
    await turns();
    payloadsRead();
    const count = (filter: ReturnType<typeof parseFilter>) =>
      collection.withMatches(filter, undefined, ({ count, bitmap }) => [count, bitmap[0]]);
    expect(count(filter(tenths, below(100)))).toEqual([10, (1 << 0) | (1 << 10) | (1 << 20) | (1 << 30)]);
    expect(collection.countMatches(filter(tenths), undefined)).toBe(500);
    expect(count(parseFilter({ must_not: [tenths] }, "filter"))[0 as never]).toBe(4500);
    later();
    expect(collection.page(filter(tenths), undefined, 3, undefined, idsOf)).toEqual([[0, 10, 20], 30]);
    const first = IdColumn.one(4981, "offset");
    later();
    expect(collection.page(filter(tenths), first, 3, undefined, idsOf)).toEqual([[4990], undefined]);
    later();
    // So few that they are picked out, not met on a walk.
    expect(collection.page(filter(word("w7"), tenths), undefined, 3, undefined, idsOf)).toEqual([
      [],
      undefined,
    ]);
    later();
    expect(collection.page(filter(word("w7")), first, 3, undefined, idsOf)).toEqual([[], undefined]);
    const before = IdColumn.one(4801, "offset");
    expect(collection.page(filter(word("w7")), before, 1, undefined, idsOf)).toEqual([[4807], 4907]);
    expect(payloadsRead()).toBe(0);
  });

  test("with something that is not indexed ask only what indexes leave open", async () => {
    const { collection, index, turns, settle, payloadsRead, idsOf } = setUp(5000);
    index("word", "keyword");
    await turns();
    payloadsRead();
    const asked = filter(word("w70"), below(1000));
    expect(await settle(collection.withMatches(asked, undefined, ({ count }) => count))).toBe(10);
    expect(payloadsRead()).toBe(50);
    expect(await settle(collection.page(asked, undefined, 5, undefined, idsOf))).toEqual([
      [70, 170, 270, 370, 470],
      570,
    ]);
    expect(payloadsRead()).toBe(6);
    const either = parseFilter({ should: [word("w70"), below(1000)] }, "filter");
    expect(await settle(collection.withMatches(either, undefined, ({ count }) => count))).toBe(1040);
    expect(payloadsRead()).toBe(5000 - 50);
  });

  test("in slices are right in the end, whatever is written meanwhile", async () => {
    const { collection, index, send, store, turns, settle, puppet } = setUp(5000);
    index("tenth", "bool");
    await turns();
    const answer = collection.withMatches(filter(tenths, below(4000)), undefined, ({ count }) => count);
    expect(answer).toBeInstanceOf(Promise);
    await puppet.turn();
    send("set_payload", { points: [1, 3999], payload: { tenth: true } });
    send("set_payload", { points: [10, 3990], payload: { n: 5000 } });
    send("set_payload", { points: [4990], payload: { n: 3 } });
    send("delete", { points: [20, 3980] });
    store(6000);
    send("set_payload", { points: [6000], payload: { n: 6 } });
    expect(await settle(answer)).toBe(400 + 2 - 2 + 1 - 2 + 1);
  });

  test("pages in slices, too", async () => {
    const { collection, index, send, turns, settle, puppet, idsOf } = setUp(5000);
    index("tenth", "bool");
    await turns();
    const asked = filter(tenths, { key: "n", range: { gte: 2000 } });
    const answer = collection.page(asked, undefined, 100, undefined, idsOf);
    expect(answer).toBeInstanceOf(Promise);
    await puppet.turn();
    // Ahead of the walk, where an index said otherwise when it began.
    send("set_payload", { points: [2001, 2002], payload: { tenth: true } });
    send("set_payload", { points: [2010], payload: { tenth: false } });
    send("delete", { points: [2020] });
    const expected = [2000, 2001, 2002, ...Array.from({ length: 120 }, (_, i) => 2030 + i * 10)];
    expect(await settle(answer)).toEqual([expected.slice(0, 100), expected[100]]);
  });

  test("single points are asked with the meaning that indexes give", async () => {
    const { collection, index } = setUp(20);
    index("n", "integer");
    const meets = collection.asker(filter(below(5)));
    expect([meets(3), meets(7)]).toEqual([true, false]);
  });
});
