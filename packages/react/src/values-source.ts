import { WildcastError } from '@wildcast/client'
import { onPageHidden, type WhenHidden } from '@wildcast/client/store'
import type { WatchedValues } from '@wildcast/client/values'
import type { LiveSource } from './live-store.js'
import type { ValuesState } from './values-state.js'

/** The values of a pattern, which may stop while the page is hidden. */
export interface ValuesSource extends LiveSource {
  readonly state: () => ValuesState
}

/** Opens the values of a pattern. Until they are received, the state is the first one. */
export function openValuesSource(
  watch: () => WatchedValues,
  first: ValuesState,
  whenHidden: WhenHidden | undefined,
): ValuesSource {
  const listeners = new Set<() => void>()
  let kept = first
  let isQuiet = false
  let watched: WatchedValues | undefined

  const notify = (): void => {
    if (!isQuiet) for (const listener of listeners) listener()
  }
  const begin = (): void => {
    watched = watch()
    watched.onChange(notify)
  }
  const state = (): ValuesState => {
    if (!watched) return kept
    const { all, status, error } = watched
    return status === 'loading' ? { ...kept, error } : { values: all, status, error }
  }
  const pause = (): void => {
    const { values, status } = state()
    kept = { values, status: status === 'synced' ? 'stale' : status, error: undefined }
    watched?.stop()
    watched = undefined
  }
  const hide = (isHidden: boolean): void => {
    if (whenHidden === 'latest') isQuiet = isHidden
    else if (isHidden) pause()
    else if (!watched) resume()
    notify()
  }
  const resume = (): void => {
    try {
      begin()
    } catch (cause) {
      kept = { ...kept, status: 'error', error: WildcastError.from(cause) } // the client was closed
    }
  }
  begin() // throws what is invalid
  const stopFollowing = whenHidden === undefined || whenHidden === 'same' ? undefined : onPageHidden(hide)
  return {
    state,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop() {
      stopFollowing?.()
      watched?.stop()
    },
  }
}
