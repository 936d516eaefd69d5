import { isShare, prefixCover } from './filters.js'

// Without identifiers nobody can tell whether a server sends a message once for each filter that
// matches, or once for all. So filters that overlap never share a connection: they are spread over
// lanes. The last two lanes take what fits nowhere: one has filters "x/#", the other only "#", of
// which no two overlap either.

/** How many lanes hold filters as they are. */
export const plainLanes = 14

/** Where a filter is subscribed, and as what. */
export interface LanePlacement {
  readonly lane: number
  /** The filter itself, or a wider one that brings more. */
  readonly filter: string
}

/**
 * @param meets Whether a filter overlaps one of that lane. A place is found for every filter but
 * that of a share, which can't be wider.
 */
export function placeFor(filter: string, meets: (lane: number) => boolean): LanePlacement | undefined {
  for (let lane = 0; lane < plainLanes; lane++) if (!meets(lane)) return { lane, filter }
  if (isShare(filter)) return undefined
  const cover = prefixCover(filter)
  return { lane: cover === '#' ? plainLanes + 1 : plainLanes, filter: cover }
}
