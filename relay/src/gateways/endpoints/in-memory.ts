import { jsonCodec, WildcastError } from '@wildcast/protocol'
import { accountOf, type Credentials, everything, type Identity, unknown } from '../../core/access/identity.js'
import type { RelayView } from '../../core/relay.js'
import { type Heartbeat, heartbeat } from '../connections/heartbeat.js'
import { type InMemoryClient, InMemoryConnection } from '../connections/in-memory-connection.js'
import { joinLines, lineFrame } from '../connections/in-memory-framing.js'
import { InMemorySocket } from '../connections/in-memory-socket.js'
import { goingAway } from '../dialects/dialect.js'
import { v1 } from '../dialects/v1/v1.js'
import { v1Encoder } from '../dialects/v1/v1-encoder.js'
import { bearerToken } from './bearer-token.js'
import { drain } from './drain.js'

const encoder = v1Encoder(jsonCodec, { framed: lineFrame, join: joinLines })

/** Each frame of a batch is a message of its own: joining them would save nothing. */
const overMemory = v1(jsonCodec, { ...encoder, batched: () => encoder })

/** The proofs of identity of a client in this process, as a handshake would carry them. */
export interface InMemoryHandshake {
  /** Header fields. `authorization` is the token, unless the client gives another one. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Cookies by their names, as they were set: they are not encoded again. */
  readonly cookies?: Readonly<Record<string, string>> | undefined
  /** Counts for the limits of an address. @default no address: they do not hold */
  readonly address?: string | undefined
}

/** Opens connections in memory, as `WebSocket` does over a network. */
export type InMemoryWebSocket = new (url: string, protocols?: string | string[]) => InMemorySocket

/** Connects clients of this process to a relay. */
export interface InMemoryEndpoint {
  /** Returns a class whose instances are connections, in place of a client's `WebSocket`. */
  webSocketOf(handshake?: InMemoryHandshake): InMemoryWebSocket
  /** Asks clients to reconnect later, and closes their connections. Refuses others from now on. */
  drain(): Promise<void>
}

/** `v1` in JSON, over connections in memory. */
export function inMemory(relay: RelayView): InMemoryEndpoint {
  const connections = new Set<InMemoryConnection>()
  const ports = { clock: relay.clock, slice: relay.slice, longest: relay.limits.frame }
  let beat: Heartbeat | undefined
  let isOver = false

  function accept(client: InMemoryClient, handshake: InMemoryHandshake): InMemoryConnection {
    if (isOver) throw goingAway()
    const credentials = credentialsOfHandshake(handshake)
    const place = relay.connections.enter(credentials.address)
    const known = (identity: Identity): void => relay.connections.known(place, accountOf(identity))
    const identity = relay.authenticate ? unknown : everything
    if (!relay.authenticate) known(identity)
    const connection = new InMemoryConnection(ports, client)
    beat ??= heartbeat(relay.clock, relay.limits)
    beat.watch(connection)
    connections.add(connection)
    connection.use(overMemory(relay, connection, { credentials, identity, known }), () => {
      beat?.unwatch(connection)
      relay.connections.leave(place)
      connections.delete(connection)
    })
    return connection
  }

  return {
    webSocketOf: (handshake = {}) =>
      class extends InMemorySocket {
        constructor(_url: string, protocols: string | string[] = []) {
          const open = (client: InMemoryClient): InMemoryConnection => {
            demandJson(protocols)
            return accept(client, handshake)
          }
          super(open, relay.clock)
        }
      },
    drain() {
      isOver = true
      beat?.stop()
      return drain([...connections], relay)
    },
  }
}

function demandJson(protocols: string | readonly string[]): void {
  const name = jsonCodec.subprotocol ?? ''
  if (![protocols].flat().includes(name))
    throw new WildcastError('invalid_frame', `a connection in memory speaks ${name}: leave the codec out`)
}

function credentialsOfHandshake({ headers = {}, cookies = {}, address }: InMemoryHandshake): Credentials {
  const fields = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const cookie = Object.entries(cookies).map((pair) => pair.join('='))
  const { authorization } = fields
  return {
    headers: cookie.length > 0 ? { ...fields, cookie: cookie.join('; ') } : fields,
    query: {},
    token: authorization === undefined ? undefined : bearerToken(authorization),
    address,
  }
}
