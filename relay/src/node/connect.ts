import {
  type Client,
  type ClientCore,
  type ClientOptions,
  type ContractClient,
  createClient,
  type OnError,
  type OpenTransport,
  websocketTransport,
} from '@wildcast/client'
import type { Contract } from '@wildcast/contract'
import type { RelayView } from '../core/relay.js'
import { type InMemoryHandshake, inMemory } from '../gateways/endpoints/in-memory.js'

/** Options of `connect`: those of `createClient`, and what a handshake would carry. */
export interface ConnectOptions
  extends Omit<ClientOptions, 'url' | 'codec' | 'dialect' | 'transport' | 'WebSocket'>,
    InMemoryHandshake {}

/** Clients in the relay's own process. */
export interface InProcess {
  /** Creates a client with the types of a contract, which it applies. */
  connect<const Api extends Contract>(options: ConnectOptions & { readonly contract: Api }): ContractClient<Api>
  /**
   * Creates a client of the relay, without a socket: the client of browsers, with the same order,
   * limits, permissions and errors. Payloads are copied. It closes with the relay. By
   * default, errors go to the console, but not this end.
   * @example
   * const client = relay.connect({ token: process.env.SERVICE_TOKEN })
   * client.subscribe('order.*', ({ subject, data }) => console.log(subject, data))
   */
  connect(options?: ConnectOptions): Client
  /** Asks the clients to reconnect later, as at the end of a relay, and closes them. */
  close(): Promise<void>
}

/** `ws:`, since a client checks its URL. It never leaves the process. */
const url = 'ws://relay.in-process'

/**
 * Opens a relay to clients in its own process. `serveRelay`, `serveAll` and `attach` have done that
 * already: it is for a relay of `createRelay`. Close it before the relay.
 */
export function inProcess(relay: RelayView): InProcess {
  const endpoint = inMemory(relay)
  const clients = new Set<ClientCore>()
  let isClosed = false
  const report: OnError = (error, { stage }) => {
    if (!isClosed || stage !== 'transport') console.error('wildcast', stage, error)
  }

  function connect<const Api extends Contract>(
    options: ConnectOptions & { readonly contract: Api },
  ): ContractClient<Api>
  function connect(options?: ConnectOptions): Client
  function connect({ headers, cookies, address, ...options }: ConnectOptions = {}): ClientCore {
    const WebSocket = endpoint.webSocketOf({ headers, cookies, address })
    const transport: OpenTransport = (events, settings) => websocketTransport(events, { ...settings, WebSocket })
    const client = createClient({ onError: report, ...options, url, transport })
    const { close } = client
    clients.add(client)
    Object.assign(client, {
      close() {
        clients.delete(client)
        close()
      },
    })
    if (isClosed) client.close()
    return client
  }

  return {
    connect,
    async close() {
      isClosed = true
      await endpoint.drain()
      for (const client of clients) client.close()
    },
  }
}
