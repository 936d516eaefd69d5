import type { Undo } from './clock.js'

/** Calls back when timers may have slept or the network has returned: page visible, page restored, device online. Returns the undo. */
export function onWake(wake: () => void): Undo {
  // Neither a server nor every worker has these events.
  if (typeof addEventListener === 'undefined') return () => {}
  const ifVisible = (): void => {
    if (typeof document === 'undefined' || document.visibilityState === 'visible') wake()
  }
  // visibilitychange bubbles up to the window, so one target serves all three.
  const events = ['online', 'pageshow', 'visibilitychange']
  for (const event of events) addEventListener(event, ifVisible)
  return () => {
    for (const event of events) removeEventListener(event, ifVisible)
  }
}
