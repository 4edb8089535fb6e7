import type { CoreModule } from "../core/load.ts";
import { NearvecError } from "../errors.ts";
import type { SpaceConfig } from "../vectors/config.ts";
import { createSpace } from "../vectors/create-space.ts";
import { type Hits, NO_HITS } from "../vectors/dense-shard.ts";
import type { StoredVector } from "../vectors/rows.ts";
import type { Space } from "../vectors/space.ts";
import type { Background } from "./background.ts";
import { type CollectionConfig, indexingConfig, type SpaceSettings, spaceConfig } from "./config.ts";
import { Indexing } from "./indexing.ts";
import type { Matches } from "./matches.ts";
import { type Plan, plan } from "./planner.ts";
import type { Surroundings } from "./surroundings.ts";

export interface SearchRequest {
  readonly limit: number;
  /** Candidates of the graph search; undefined: the `ef_construct` of the space, as in Qdrant. */
  readonly ef: number | undefined;
  readonly exact: boolean;
  /** Only these points; undefined: all. */
  readonly matches?: Matches | undefined;
  /** The points that say how rare an index of a sparse vector is; undefined: all. */
  readonly corpus?: Matches | undefined;
}

/** What a search found, and the plan that it followed. */
export interface Found extends Plan {
  readonly hits: Hits;
}

const POSTINGS: Plan = { exact: true, reason: "an inverted index is exact" };

/** One space of a collection: its settings, its vectors, its indexing, and how it is searched. */
export class NamedSpace {
  readonly name: string;
  readonly space: Space;
  readonly indexing: Indexing;
  /** Where a dense query is checked and converted; in use until the search that it is for. */
  readonly scratch: Float32Array;
  #settings: SpaceSettings;
  #closed: NearvecError | undefined;
  /** The object that the space holds, so that a change of the settings reaches it. */
  readonly #spaceConfig: SpaceConfig;
  readonly #surroundings: Surroundings;

  constructor(
    core: CoreModule,
    name: string,
    settings: SpaceSettings,
    optimizer: CollectionConfig["optimizer_config"],
    background: Background,
    surroundings: Surroundings,
  ) {
    this.name = name;
    this.#settings = settings;
    this.#surroundings = surroundings;
    this.#spaceConfig = spaceConfig(settings, optimizer, surroundings);
    this.scratch = new Float32Array(settings.kind === "dense" ? settings.size : 0);
    this.space = createSpace(core, this.#spaceConfig);
    this.indexing = new Indexing(this.space, indexingConfig(settings, optimizer), background, surroundings);
  }

  get settings(): SpaceSettings {
    return this.#settings;
  }

  /** Whether larger scores are better. */
  get largerIsCloser(): boolean {
    const settings = this.#settings;
    return settings.kind === "sparse" || settings.distance === "Cosine" || settings.distance === "Dot";
  }

  /** Goes on with other settings of the same vectors and the same `m`. */
  reconfigure(settings: SpaceSettings, optimizer: CollectionConfig["optimizer_config"]): void {
    this.#settings = settings;
    // The space reads its configuration whenever it decides something.
    Object.assign(this.#spaceConfig, spaceConfig(settings, optimizer, this.#surroundings));
    this.indexing.reconfigure(indexingConfig(settings, optimizer));
  }

  /** @param query in the form of the space's vectors */
  search(query: StoredVector, { limit, ef, exact, matches, corpus }: SearchRequest): Found {
    if (this.#closed !== undefined) throw this.#closed;
    const settings = this.#settings;
    const { space } = this;
    const vectors = space.liveCount;
    const live = matches === undefined ? vectors : Math.min(vectors, matches.count);
    const most = Math.max(1, Math.min(limit, live));
    const width = Math.max(ef ?? (settings.kind === "sparse" ? 0 : settings.efConstruct), most);
    const chosen = this.#plan(exact, live, width);
    if (matches !== undefined && live === 0) return { hits: NO_HITS, ...chosen };
    const hits = space.search(query, {
      limit: most,
      ef: width,
      exact: chosen.exact,
      ...(matches && { allowed: matches.bitmap }),
      ...(corpus && { corpus: corpus.bitmap }),
    });
    return { hits, ...chosen };
  }

  #plan(exact: boolean, live: number, width: number): Plan {
    const settings = this.#settings;
    if (settings.kind === "sparse") return POSTINGS;
    const { m, size, fullScanBytes } = settings;
    const indexed = this.space.slotCount - this.space.tailCount;
    const input = { exact, live, indexed, vectorBytes: size * 4, m, width, fullScanBytes };
    // Points of several vectors say little about the work: their space weighs it by its vectors, and scans where that is less.
    return plan(settings.kind === "multi" ? { ...input, live: Number.POSITIVE_INFINITY } : input);
  }

  /** The collection goes away. */
  close(reason: NearvecError): void {
    this.#closed = reason;
    this.indexing.close(reason);
    this.space.close();
  }

  /** This vector goes away; the collection stays. */
  drop(): void {
    this.#closed = new NearvecError("INVALID_ARGUMENT", {
      what: `there is no vector ${JSON.stringify(this.name)} any more`,
      todo: "It was deleted before the request had its turn.",
    });
    this.indexing.close();
    this.space.close();
  }
}
