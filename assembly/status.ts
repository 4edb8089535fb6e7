/** Results below zero are one of these; a function that succeeds answers 0 or a count. Mirrored in src/core/abi.ts. */

/** `memory.grow` was refused: nothing was changed, the space stays usable. */
export const OUT_OF_MEMORY: i32 = -1;
/** An argument is outside what the caller promised; nothing was changed. */
export const BAD_ARGUMENT: i32 = -2;
/** All seats are taken. */
export const NO_SEAT: i32 = -3;
/** The space holds as many slots as 4 GiB of memory can address: a further shard is needed. */
export const SPACE_FULL: i32 = -4;
