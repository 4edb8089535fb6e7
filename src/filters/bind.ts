import type { JsonPath, PathStep } from "../payload/path.ts";
import type { Condition, Filter, Test } from "./filter.ts";

/** An index, as far as it has a say in the meaning of tests. */
export interface Binder {
  bind?(test: Test): Test;
}

/**
 * The filter as the indexes of its fields make it: where there is a text index, tests of texts ask for tokens. Inside
 * `nested` the index of the path `key[].field` applies.
 */
export function bindFilter(filter: Filter, indexAt: (path: JsonPath) => Binder | undefined): Filter {
  return bound(filter, [], indexAt);
}

function bound(
  filter: Filter,
  above: readonly PathStep[],
  indexAt: (path: JsonPath) => Binder | undefined,
): Filter {
  const bindOne = (condition: Condition): Condition => {
    switch (condition.kind) {
      case "field": {
        const index = indexAt([...above, ...condition.path] as unknown as JsonPath);
        if (index?.bind === undefined) return condition;
        return { ...condition, tests: condition.tests.map((test) => index.bind?.(test) ?? test) };
      }
      case "nested":
        return { ...condition, filter: bound(condition.filter, [...above, ...condition.path], indexAt) };
      case "filter":
        return { ...condition, filter: bound(condition.filter, above, indexAt) };
      default:
        return condition;
    }
  };
  const { minShould } = filter;
  return {
    must: filter.must.map(bindOne),
    should: filter.should.map(bindOne),
    mustNot: filter.mustNot.map(bindOne),
    ...(minShould && { minShould: { ...minShould, conditions: minShould.conditions.map(bindOne) } }),
  };
}
