import { useRender } from '../ui/use-render.js'
import { useDashboard } from './store.js'

/** Renders the component again at intervals, unless the dashboard is paused. */
export function useTick(intervalMs: number): void {
  useRender(
    intervalMs,
    useDashboard((dashboard) => dashboard.paused),
  )
}
