/** Tabs have numbers below. */
export const tabCount = 65_536

/**
 * The ref of a tab's frame in the shared session: it says whose it is, so that no table has to
 * survive the leader.
 */
export function toSharedRef(tab: number, ref: number): number {
  return ref * tabCount + tab
}

/** The tab of a shared ref, and the ref of its frame. */
export function fromSharedRef(shared: number): { readonly tab: number; readonly ref: number } {
  return { tab: shared % tabCount, ref: Math.floor(shared / tabCount) }
}
