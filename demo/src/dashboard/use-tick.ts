import { useEffect, useReducer } from 'react'
import { everyMs } from './frames.js'
import { useDashboard } from './store.js'

/** Renders the component again at intervals, unless the dashboard is paused. */
export function useTick(intervalMs: number): void {
  const [, render] = useReducer((count: number) => count + 1, 0)
  const paused = useDashboard((dashboard) => dashboard.paused)
  useEffect(() => (paused ? undefined : everyMs(intervalMs, render)), [intervalMs, paused])
}
