import type { Undo } from '../time/clock.js'

/** Whether the page is visible: timers of a hidden page are late. */
export function isVisible(): boolean {
  return globalThis.document?.visibilityState !== 'hidden'
}

/** The life cycle events of a page. */
export interface PageEvents {
  /**
   * Timers may have slept, or the network may have changed: the page became visible, was restored
   * or resumed, or the device went online or changed its network.
   */
  wake(event: string): void
  /** The page goes into the back/forward cache. */
  suspend(): void
}

/** Listens to the life cycle events of the page. Returns the undo. */
export function onPageLife({ wake, suspend }: PageEvents): Undo {
  const ifVisible = ({ type }: Event): void => {
    if (isVisible()) wake(type)
  }
  // The window captures the events of the document, so that one target is enough. Servers and some
  // workers don't have these events.
  const off = new AbortController()
  const how = { capture: true, signal: off.signal }
  for (const event of ['online', 'pageshow', 'visibilitychange', 'resume'])
    globalThis.addEventListener?.(event, ifVisible, how)
  globalThis.addEventListener?.('pagehide', (event) => event.persisted && suspend(), how)
  const { connection } = (globalThis.navigator ?? {}) as { readonly connection?: EventTarget }
  connection?.addEventListener('change', ifVisible, how)
  return () => off.abort()
}
