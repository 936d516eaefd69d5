import type { Undo } from '../time/clock.js'

/** Calls back when timers may have slept or the network has returned: page visible, page restored, device online. Returns the undo. */
export function onWake(wake: (event: string) => void): Undo {
  const ifVisible = ({ type }: Event): void => {
    if (globalThis.document?.visibilityState !== 'hidden') wake(type)
  }
  // visibilitychange bubbles up to the window, so one target serves all three. Neither a server nor every worker has these events.
  const off = new AbortController()
  for (const event of ['online', 'pageshow', 'visibilitychange']) globalThis.addEventListener?.(event, ifVisible, off)
  return () => off.abort()
}
