import type { Undo } from './clock.js'

/** Calls back when timers may have slept or the network has returned: page visible, page restored, device online. Returns the undo. */
export function onWake(wake: () => void): Undo {
  const ifVisible = (): void => {
    if (globalThis.document?.visibilityState !== 'hidden') wake()
  }
  // visibilitychange bubbles up to the window, so one target serves all three. Neither a server nor every worker has these events.
  const events = ['online', 'pageshow', 'visibilitychange']
  for (const event of events) globalThis.addEventListener?.(event, ifVisible)
  return () => {
    for (const event of events) globalThis.removeEventListener?.(event, ifVisible)
  }
}
