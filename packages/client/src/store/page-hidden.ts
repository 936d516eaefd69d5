/**
 * How a subscription behaves while the page is hidden. `same`: as in a visible page. `latest`: it
 * renders nothing, and has only the newest message of each subject when the page is shown again.
 * `pause`: it unsubscribes, and catches up when the page is shown again.
 */
export type WhenHidden = 'same' | 'latest' | 'pause'

/** Calls back when the page is hidden or shown, and at once if it is hidden. Returns the undo. */
export function onPageHidden(changed: (isHidden: boolean) => void): () => void {
  const report = (): void => changed(document.visibilityState === 'hidden')
  document.addEventListener('visibilitychange', report)
  if (document.visibilityState === 'hidden') changed(true)
  return () => document.removeEventListener('visibilitychange', report)
}
