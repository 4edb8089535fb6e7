/** Which points match a filter, as a bitmap over offsets. */
export interface Matches {
  readonly bitmap: Uint32Array;
  readonly count: number;
}
