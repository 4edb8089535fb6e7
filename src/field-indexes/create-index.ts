import type { FieldIndex } from "./field-index.ts";
import { GeoIndex } from "./geo-index.ts";
import { boolIndex, keywordIndex, uuidIndex } from "./lookup-index.ts";
import { datetimeIndex, floatIndex, IntegerIndex } from "./number-index.ts";
import type { FieldParams } from "./params.ts";
import { textIndex } from "./text-on-demand.ts";

/** An empty index. What a text index needs must have been loaded (`prepareTextIndex`). */
export function createIndex(params: FieldParams): FieldIndex {
  switch (params.type) {
    case "keyword":
      return keywordIndex(params);
    case "integer":
      return new IntegerIndex(params);
    case "float":
      return floatIndex();
    case "bool":
      return boolIndex();
    case "datetime":
      return datetimeIndex();
    case "uuid":
      return uuidIndex();
    case "geo":
      return new GeoIndex();
    case "text":
      return textIndex(params);
  }
}
