/**
 * Linear memory of one space. One memory holds one space (or one shard of it).
 *
 *      0 ┌──────────────────────────────┐
 *        │ never touched                │  address 0 stays "no address"
 *   1024 ├──────────────────────────────┤
 *        │ HEADER              1024 B   │  configuration, counters, locks, heads of the free places
 *   2048 ├──────────────────────────────┤
 *        │ SEATS          64 × 128 B    │  one per thread that searches or builds (seats.ts)
 *  10240 ├──────────────────────────────┤
 *        │ UPPER_TABLE  4096 × u32      │  addresses of the blocks of upper link records
 *  26624 ├──────────────────────────────┤
 *        │ unused                       │  from 28672 on: the texts of a debug build's asserts
 *  65536 ├──────────────────────────────┤  second page
 *        │ BLOCK_TABLE  4096 × 16 B     │  addresses of the blocks of slots (blocks.ts)
 * 131072 ├──────────────────────────────┤  ARENA
 *        │ blocks · upper blocks ·      │  handed out by arena.ts, in order of need, 64-byte aligned
 *        │ places (scratch)             │
 *        ├──────────────────────────────┤  BRK (header, in units of 64 B)
 *        │ not yet handed out           │
 *        └──────────────────────────────┘  memory.size, at most 4 GiB
 *
 * Tables lie at fixed addresses and are as large as 4 GiB can ever need, so growth copies nothing and a thread that reads
 * a slot number reads a valid table entry through it. Pages that are never touched cost address space, not memory.
 *
 * Nothing here that would be persisted holds an address: links are slot numbers, upper links are numbered records.
 */

export const HEADER: usize = 1024;
export const HEADER_BYTES: usize = 1024;
export const SEATS: usize = HEADER + HEADER_BYTES;
export const SEAT_BYTES: usize = 128;
export const SEAT_COUNT: u32 = 64;
export const UPPER_TABLE: usize = SEATS + SEAT_BYTES * <usize>SEAT_COUNT;
export const UPPER_TABLE_ENTRIES: u32 = 4096;
export const BLOCK_TABLE: usize = 65536;
export const BLOCK_ENTRY_BYTES: usize = 16;
export const BLOCK_TABLE_ENTRIES: u32 = 4096;
export const ARENA: usize = BLOCK_TABLE + BLOCK_ENTRY_BYTES * <usize>BLOCK_TABLE_ENTRIES;

/**
 * HEADER, u32 each unless said. First the configuration, written once by `init`:
 *
 *   +0 magic   +4 version  +8 dimension  +12 vector bytes  +16 metric  +20 m  +24 m0  +28 ef_construct  +32 seed
 *   +36 block shift   +40 block bias   +44 first block's slots   +48 upper shift
 *
 * then what changes, each group on cache lines of its own so that builders and writers do not share one:
 *
 *   +64  slot count · capacity · blocks · upper records · upper capacity           (the writer's)
 *   +128 cursor: the first slot that no builder has claimed                         (the builders')
 *   +192 entry point: u64, (level + 1) << 32 | slot; 0 while the graph is empty     (the builders')
 *   +200 entry lock
 *   +256 brk in units of 64 B · arena lock · page limit                             (whoever allocates)
 *   +320 heads of the lists of free places, one per power of two, 32 × u32
 *   +512 what a space of sparse vectors has instead of dimension, blocks and graph  (sparse/layout.ts)
 */
export const H_MAGIC: usize = HEADER;
export const H_VERSION: usize = HEADER + 4;
export const H_DIMENSION: usize = HEADER + 8;
export const H_VECTOR_BYTES: usize = HEADER + 12;
export const H_METRIC: usize = HEADER + 16;
export const H_M: usize = HEADER + 20;
export const H_M0: usize = HEADER + 24;
export const H_EF_CONSTRUCT: usize = HEADER + 28;
export const H_SEED: usize = HEADER + 32;
export const H_BLOCK_SHIFT: usize = HEADER + 36;
export const H_BLOCK_BIAS: usize = HEADER + 40;
export const H_FIRST_SLOTS: usize = HEADER + 44;
export const H_UPPER_SHIFT: usize = HEADER + 48;

export const H_SLOTS: usize = HEADER + 64;
export const H_CAPACITY: usize = HEADER + 68;
export const H_BLOCKS: usize = HEADER + 72;
export const H_UPPER: usize = HEADER + 76;
export const H_UPPER_CAPACITY: usize = HEADER + 80;

export const H_CURSOR: usize = HEADER + 128;
export const H_ENTRY: usize = HEADER + 192;
export const H_ENTRY_LOCK: usize = HEADER + 200;

export const H_BRK: usize = HEADER + 256;
export const H_ARENA_LOCK: usize = HEADER + 260;
export const H_PAGE_LIMIT: usize = HEADER + 264;
export const H_FREE_PLACES: usize = HEADER + 320;

/** "nvec" */
export const MAGIC: u32 = 0x6365766e;
export const VERSION: u32 = 1;

/** Ends a list of links, and stands for "no slot", "no record". */
export const NONE: u32 = 0xffffffff;

/** Distances inside: the smaller, the closer. Mirrored in src/core/abi.ts. */
export const COSINE: u32 = 0;
export const DOT: u32 = 1;
export const EUCLID: u32 = 2;
export const MANHATTAN: u32 = 3;

export const MAX_DIMENSION: u32 = 65536;
/** The largest m: beyond that a list of links is longer than most vectors. */
export const MAX_M: u32 = 512;
/** The largest ef and ef_construct: a pool of u64 keys is kept sorted, so that larger ones would cost more than a scan. */
export const MAX_EF: u32 = 65536;
/** A slot number must leave room for two flag bits in a pool key (pool.ts). */
export const MAX_SLOTS: u32 = 1 << 30;
export const MAX_LEVEL: u32 = 15;
