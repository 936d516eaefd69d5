// A process of the crew: a relay of its own, for clients of all ports; or, without a port, for components and bridges.

import type { Config } from '../config/config.js'
import type { ListenRemedies } from '../listen-failure.js'
import { runConfig } from '../run-config.js'
import { openWatch } from '../watch.js'
import { member } from './member.js'

export interface RelayTask {
  readonly folder: string
  readonly config: Config
  readonly remedies: ListenRemedies
  /** Whether components are loaded again when their files change. */
  readonly reload: boolean
}

member<RelayTask>(async ({ folder, config, ...options }, crew) => {
  const watch = openWatch({ all: () => crew.figures() })
  const { relay, close } = await runConfig(config, {
    ...options,
    watch,
    // Without a port it is the one that others ask.
    ...(config.gateways.length === 0 ? {} : { parts: () => crew.parts() }),
    workers: { folder, onConnection: (take) => crew.onConnection(take) },
  })
  return { relay: relay.id, close, figures: watch.figures, parts: () => relay.parts() }
})
