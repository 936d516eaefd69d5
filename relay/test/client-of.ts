import { type Client, type ClientOptions, createClient } from '@wildcast/client'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { StartedRelay } from './start-relay.js'

/** Options of a client, over a network or in the relay's own process. */
export interface TestedClient extends Partial<ClientOptions> {
  readonly inProcess?: true
}

/** Creates a client of a relay. It is closed when the test is done. */
export function clientOf(
  relay: Pick<StartedRelay, 'address'> & Partial<Pick<StartedRelay, 'connect'>>,
  { inProcess, ...options }: TestedClient = {},
): Client {
  const client =
    inProcess && relay.connect
      ? relay.connect(options)
      : createClient({ url: `ws://${relay.address}`, WebSocket, ...options })
  onTestFinished(() => client.close())
  return client
}
