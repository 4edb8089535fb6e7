/**
 * Spin locks of one u32: 0 is free, otherwise seat + 1 of the owner, so that the locks of a thread that died can be
 * found and released by their owner's number. Without the threads feature there is one thread and nothing to lock.
 * The sections under a lock are a few hundred nanoseconds, shorter than a futex call.
 */

let owner: u32 = 0;

/** Names this instance's seat, which its locks carry from now on. */
export function ownLocksAs(seat: u32): void {
  owner = seat + 1;
}

// @ts-ignore: decorator
@inline
export function lock(address: usize): void {
  if (ASC_FEATURE_THREADS) {
    while (atomic.cmpxchg<u32>(address, 0, owner) != 0) {
      while (atomic.load<u32>(address) != 0) {}
    }
  }
}

// @ts-ignore: decorator
@inline
export function unlock(address: usize): void {
  if (ASC_FEATURE_THREADS) atomic.store<u32>(address, 0);
}

/** A load that other threads' stores are ordered with. */
// @ts-ignore: decorator
@inline
export function loadShared(address: usize): u32 {
  if (ASC_FEATURE_THREADS) return atomic.load<u32>(address);
  return load<u32>(address);
}

/** A store that publishes everything written before it. */
// @ts-ignore: decorator
@inline
export function storeShared(address: usize, value: u32): void {
  if (ASC_FEATURE_THREADS) atomic.store<u32>(address, value);
  else store<u32>(address, value);
}

/** Adds and answers the value before. */
// @ts-ignore: decorator
@inline
export function addShared(address: usize, value: u32): u32 {
  if (ASC_FEATURE_THREADS) return atomic.add<u32>(address, value);
  const before = load<u32>(address);
  store<u32>(address, before + value);
  return before;
}

/** Sets bits. */
// @ts-ignore: decorator
@inline
export function orShared(address: usize, bits: u32): void {
  if (ASC_FEATURE_THREADS) atomic.or<u32>(address, bits);
  else store<u32>(address, load<u32>(address) | bits);
}
