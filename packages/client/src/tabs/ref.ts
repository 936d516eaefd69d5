/** The numbers of tabs are below this one. */
export const tabCount = 65_536

/**
 * Returns the ref of a tab's frame in the shared session. It contains the number of the tab, so
 * that no table has to survive the leader.
 */
export function toSharedRef(tab: number, ref: number): number {
  return ref * tabCount + tab
}

/** Returns the tab of a shared ref, and the ref of the frame in that tab. */
export function fromSharedRef(shared: number): { readonly tab: number; readonly ref: number } {
  return { tab: shared % tabCount, ref: Math.floor(shared / tabCount) }
}
