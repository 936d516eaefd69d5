import { realClock } from '../core/clock.js'
import { observers } from '../core/observer.js'
import type { RelayOptions } from '../core/relay.js'
import type { Gateway } from '../gateways/gateway.js'
import { openLog } from './log.js'
import { metrics } from './metrics.js'

/** Everything by which an operator sees how a relay is: its log, and its metrics. */
export interface Watch {
  readonly relay: Required<Pick<RelayOptions, 'onError' | 'observer'>>
  readonly gateway: Gateway
}

export function openWatch(): Watch {
  const log = openLog(realClock)
  const { observer, gateway } = metrics()
  return { relay: { onError: log.onError, observer: observers(log.observer, observer) }, gateway }
}
