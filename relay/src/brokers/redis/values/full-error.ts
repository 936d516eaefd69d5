import { WildcastError } from '@wildcast/protocol'
import { type StoreLimits, storageFull } from '../../../stores/limits.js'
import { isRefusal, withoutCommand } from '../failures.js'

const remedies = {
  OOM: 'the memory of Redis is full: delete values, or raise its "maxmemory"',
  MISCONF: "Redis takes no writes since it can't save them: look at its log and its disk",
} as const

/** Returns the error of a write for which there is no room, or undefined for another failure. */
export function fullError(cause: unknown, limits: StoreLimits): WildcastError | undefined {
  if (isRefusal(cause, 'FULL')) {
    const limit = /bytes/.test(String(cause)) ? 'bytes' : 'values'
    return storageFull(limit, limits[limit])
  }
  for (const [word, why] of Object.entries(remedies))
    if (isRefusal(cause, word)) return new WildcastError('storage_full', why, { cause: withoutCommand(cause) })
  return undefined
}
