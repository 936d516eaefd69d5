import type { IncomingMessage } from 'node:http'
import { parsePattern, WildcastError } from '@wildcast/protocol'
import type { RelayView } from '../../core/relay.js'
import type { ClientConnection, Dialect } from '../connections/connection.js'
import type { Framing } from '../connections/framing.js'
import { classicDialect } from '../dialects/classic/classic.js'
import { classicEncoders, type Mode, subscribeEncoders } from '../dialects/classic/encoders.js'
import { subscribeOnly } from '../dialects/classic/subscribe-only.js'
import type { NewClient, OpenDialect } from '../dialects/dialect.js'
import { v1Codecs } from '../dialects/v1/encoders.js'
import { v1 } from '../dialects/v1/v1.js'
import { brokerOfUrl } from './broker-of-url.js'
import { filterOfUrl } from './filter-of-url.js'
import { subjectOfPath } from './subject-of-path.js'

/** Some clients and proxies append a slash. */
export function isWs(path: string): boolean {
  return path === '/ws' || path === '/ws/'
}

/** The dialect of a handshake. */
export interface HandshakeDialect {
  /** Whether the dialect checks credentials itself, as its first message may have them. */
  readonly authenticates: boolean
  /** Opens it on a connection with this framing. */
  open(connection: ClientConnection, framing: Framing, client: NewClient): Dialect
}

/**
 * Returns the dialect and broker of a handshake.
 * @throws {WildcastError} `invalid_frame`, `invalid_subject`, `unknown_broker`
 */
export function dialectOfHandshake(
  request: IncomingMessage,
  { path, mode, relay }: { readonly path: string; readonly mode: Mode | undefined; readonly relay: RelayView },
): HandshakeDialect {
  const { open, authenticates } = isWs(path)
    ? dialectOf(request, mode)
    : { open: subscription(request, path, mode), authenticates: false }
  const broker = brokerOfUrl(request.url ?? '')
  const view = broker === undefined ? relay : relay.only(broker)
  return { authenticates, open: (connection, framing, client) => open(framing)(view, connection, client) }
}

interface FramedDialect extends Pick<HandshakeDialect, 'authenticates'> {
  open(framing: Framing): OpenDialect
}

function dialectOf(request: IncomingMessage, mode: Mode | undefined): FramedDialect {
  const header = request.headers['sec-websocket-protocol']
  if (header === undefined) {
    const encoders = classicEncoders[demandMode(mode)]
    return { authenticates: false, open: (framing) => classicDialect(encoders[framing]) }
  }
  for (const offered of header.split(',')) {
    const found = v1Codecs.get(offered.trim())
    if (found) return { authenticates: true, open: (framing) => v1(found.codec, found.encoders[framing]) }
  }
  throw new WildcastError('invalid_frame', `offer one of these subprotocols: ${[...v1Codecs.keys()].join(', ')}`)
}

function subscription(
  request: IncomingMessage,
  path: string,
  mode: Mode | undefined,
): (framing: Framing) => OpenDialect {
  // ws would claim an offered subprotocol, but none is used here.
  request.headers['sec-websocket-protocol'] = undefined
  const subject = subjectOfPath(path, '/subscribe/')
  parsePattern(subject) // refused before the handshake rather than after
  const want = { subject, filter: filterOfUrl(request.url ?? '') }
  const encoders = subscribeEncoders[demandMode(mode)]
  return (framing) => subscribeOnly(want, encoders[framing])
}

function demandMode(mode: Mode | undefined): Mode {
  if (mode) return mode
  throw new WildcastError(
    'invalid_frame',
    `Websockets aren't supported: start the gateway with --websockets, or offer ${[...v1Codecs.keys()].join(' or ')}`,
  )
}
