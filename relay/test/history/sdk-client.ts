import { type Client, type ClientOptions, createClient, type OpenTransport, websocketTransport } from '@wildcast/client'
import { onTestFinished } from 'vitest'
import type { Relay } from '../../src/core/relay.js'
import type { InMemorySocket } from '../../src/gateways/connections/in-memory-socket.js'
import { type InMemoryEndpoint, inMemory } from '../../src/gateways/endpoints/in-memory.js'
import type { FakeClock } from '../../src/testing/fake-clock.js'

/** A client of the SDK, and its connections to the relay, without sockets. */
export interface SdkClient {
  readonly client: Client
  readonly errors: string[]
  /** Breaks the connection, as a lost network does. */
  cut(): void
  /** Whether new connections fail. @default false */
  isOffline: boolean
}

const endpoints = new WeakMap<Relay, InMemoryEndpoint>()

/** Creates a client of the present relay. It is closed when the test is done. */
export function sdkClient(relay: () => Relay, clock: FakeClock, options: Partial<ClientOptions>): SdkClient {
  const errors: string[] = []
  let socket: InMemorySocket | undefined
  const transport: OpenTransport = (events, settings) => {
    const present = relay()
    const endpoint = endpoints.get(present) ?? inMemory(present)
    endpoints.set(present, endpoint)
    class WebSocket extends endpoint.webSocketOf() {
      constructor(url: string, protocols?: string | string[]) {
        super(url, protocols)
        socket = this
        if (one.isOffline) this.cut()
      }
    }
    return websocketTransport(events, { ...settings, WebSocket })
  }
  const client = createClient({
    url: 'ws://relay.test',
    transport,
    clock,
    onError: ({ code }, { stage }) => errors.push(`${stage} ${code}`),
    ...options,
  })
  const one: SdkClient = { client, errors, cut: () => socket?.cut(), isOffline: false }
  onTestFinished(() => client.close())
  return one
}
