import type { Undo } from '../time/clock.js'
import type { Call } from './call-back.js'

/** Callbacks of the app for one event. */
export interface AppListeners<Value> {
  /** Returns the undo. */
  add(listener: (value: Value) => void): Undo
  notify(value: Value): void
  clear(): void
}

/** Creates an empty list of listeners. */
export function openAppListeners<Value>(call: () => Call): AppListeners<Value> {
  const all = new Set<(value: Value) => void>()
  return {
    add(listener) {
      const notify = (value: Value): void => call()(listener, value) // one function may be registered twice
      all.add(notify)
      return () => all.delete(notify)
    },
    notify(value) {
      for (const notify of all) notify(value)
    },
    clear: () => all.clear(),
  }
}
