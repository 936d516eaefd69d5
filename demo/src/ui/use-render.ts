import { useEffect, useReducer } from 'react'
import { everyMs } from './frames.js'

/** Renders the component again at intervals. */
export function useRender(intervalMs: number, isPaused = false): void {
  const [, render] = useReducer((count: number) => count + 1, 0)
  useEffect(() => (isPaused ? undefined : everyMs(intervalMs, render)), [intervalMs, isPaused])
}
