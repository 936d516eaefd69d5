import { realClock } from '../core/clock.js'
import { type Observer, observers } from '../core/observer.js'
import type { OnFailure } from '../core/outlet.js'
import { type Log, openLog } from './log.js'
import { type Metrics, type MetricsOptions, metrics } from './metrics.js'

/** How an operator observes a relay: its log, and its metrics. */
export interface Monitoring extends Pick<Metrics, 'gateway' | 'hasPublished' | 'figures'>, Pick<Log, 'stored'> {
  readonly relay: { readonly onError: OnFailure; readonly observer: Observer }
}

export interface MonitoringOptions extends MetricsOptions {
  /** @default JSON lines on stderr */
  readonly log?: Log
}

/** Opens the metrics of a relay, and its log. */
export function openMonitoring({ log = openLog(realClock), ...options }: MonitoringOptions = {}): Monitoring {
  const { observer, ...shown } = metrics(options)
  return { relay: { onError: log.onError, observer: observers(log.observer, observer) }, stored: log.stored, ...shown }
}
