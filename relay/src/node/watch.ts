import { realClock } from '../core/clock.js'
import { type Observer, observers } from '../core/observer.js'
import type { OnError } from '../core/outlet.js'
import type { Gateway } from '../gateways/gateway.js'
import { openLog } from './log.js'
import { type Figures, type MetricsOptions, metrics } from './metrics.js'

/** Everything by which an operator sees how a relay is: its log, and its metrics. */
export interface Watch {
  readonly relay: { readonly onError: OnError; readonly observer: Observer }
  readonly gateway: Gateway
  figures(): Promise<Figures>
}

export function openWatch(options: MetricsOptions = {}): Watch {
  const log = openLog(realClock)
  const { observer, gateway, figures } = metrics(options)
  return { relay: { onError: log.onError, observer: observers(log.observer, observer) }, gateway, figures }
}
