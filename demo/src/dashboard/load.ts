import { client } from '../bridge.js'
import { type Load, useDashboard } from './store.js'

/** The simulator ends a load that is not asked for again within 10 s. */
const renewMs = 5000

/** Asks the simulator for the load that the user has chosen. Returns the undo, which ends it. */
export function keepLoad(): () => void {
  const ask = (perSecond: Load): void => {
    // No answer: no simulator runs beside this relay.
    client.request('demo.load', { perSecond }, { timeoutMs: 3000 }).catch(() => {})
  }
  const timer = setInterval(() => {
    const { load } = useDashboard.getState()
    if (load > 0) ask(load)
  }, renewMs)
  const stop = useDashboard.subscribe(({ load }, before) => {
    if (load !== before.load) ask(load)
  })
  return () => {
    clearInterval(timer)
    stop()
    if (useDashboard.getState().load > 0) useDashboard.setState({ load: 0 })
  }
}
