import type { Undo } from '../time/clock.js'

/** Whether timers are on time: not in a hidden page. */
export function isVisible(): boolean {
  return globalThis.document?.visibilityState !== 'hidden'
}

/** What a page is told of its life. */
export interface PageEvents {
  /**
   * Timers may have slept, or the network is another one: page visible, restored or resumed, device
   * online, or connected in another way.
   */
  wake(event: string): void
  /** The page is left, and may come back as it is. */
  suspend(): void
}

/** Listens to the life of the page. Returns the undo. */
export function onPageLife({ wake, suspend: rest }: PageEvents): Undo {
  const ifVisible = ({ type }: Event): void => {
    if (isVisible()) wake(type)
  }
  // Those of the document are caught by the window, so that one target serves all. Neither a server
  // nor every worker has these events.
  const off = new AbortController()
  const how = { capture: true, signal: off.signal }
  for (const event of ['online', 'pageshow', 'visibilitychange', 'resume'])
    globalThis.addEventListener?.(event, ifVisible, how)
  globalThis.addEventListener?.('pagehide', (event) => event.persisted && rest(), how)
  const { connection } = (globalThis.navigator ?? {}) as { readonly connection?: EventTarget }
  connection?.addEventListener('change', ifVisible, how)
  return () => off.abort()
}
