import { isShare, prefixCover } from './filters.js'

// Without subscription identifiers it is unknown whether a server sends a message once for each
// filter that matches, or once for all. So filters that overlap are spread over several
// connections, the lanes. The last two lanes take filters that fit on no other lane: one holds
// filters "x/#", the other only "#". Those do not overlap either.

/** The number of lanes that hold filters unchanged. */
export const plainLanes = 14

/** The lane on which a filter is subscribed. */
export interface LanePlacement {
  readonly lane: number
  /** The filter itself, or a wider one. */
  readonly filter: string
}

/**
 * Returns the lane of a filter. The filter of a share can't be widened, so it may have none.
 * @param overlaps - returns whether the filter overlaps a filter of that lane
 */
export function placementOf(filter: string, overlaps: (lane: number) => boolean): LanePlacement | undefined {
  for (let lane = 0; lane < plainLanes; lane++) if (!overlaps(lane)) return { lane, filter }
  if (isShare(filter)) return undefined
  const cover = prefixCover(filter)
  return { lane: cover === '#' ? plainLanes + 1 : plainLanes, filter: cover }
}
