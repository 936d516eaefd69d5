// A process of the primary: a relay for the clients of all ports or, without a port, for components
// and bridges.

import type { Relay } from '../../core/relay.js'
import type { Config } from '../config/config.js'
import type { ListenRemedies } from '../listen-failure.js'
import { logUnawaited } from '../log-unawaited.js'
import { openMonitoring } from '../monitoring.js'
import { runConfig } from '../run-config.js'
import { runChild } from './run-child.js'

export interface RelayTask {
  readonly folder: string
  readonly config: Config
  readonly remedies: ListenRemedies
  /** Whether components are loaded again when their files change. */
  readonly reload: boolean
  /**
   * Whether it replaces another one: then it is ready when it reaches the brokers, or has tried for
   * a while.
   */
  readonly replaces: boolean
}

/** How long a relay that replaces another one waits for its brokers. */
const connectTimeoutMs = 5000
const lookEveryMs = 20

/** Resolves when all brokers are reached, or the time is over. */
function whenReached(relay: Pick<Relay, 'health' | 'clock'>, leftMs = connectTimeoutMs): Promise<void> {
  if (leftMs <= 0 || relay.health().every(({ status }) => status === 'up')) return Promise.resolve()
  return new Promise((resolve) => {
    relay.clock.after(lookEveryMs, () => resolve(whenReached(relay, leftMs - lookEveryMs)))
  })
}

runChild<RelayTask>(async ({ folder, config, replaces, ...options }, primary) => {
  const monitoring = openMonitoring({ all: () => primary.figures() })
  logUnawaited(monitoring.relay.onError)
  const { relay, close, reload, answer } = await runConfig(config, {
    ...options,
    monitoring,
    askAll: (query) => primary.ask(query),
    // A relay without a port is the one that the others ask.
    ...(config.gateways.length === 0 ? {} : { parts: () => primary.parts() }),
    workers: { folder, onConnection: (take) => primary.onConnection(take) },
  })
  if (replaces) await whenReached(relay)
  return {
    relay: relay.id,
    close,
    answer,
    reload: () => reload(config),
    figures: monitoring.figures,
    parts: () => relay.parts(),
  }
})
