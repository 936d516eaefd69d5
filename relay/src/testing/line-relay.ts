import { jsonCodec, parseSubject, type RelayFrame, type WelcomeFrame } from '@wildcast/protocol'
import type { RelayOptions } from '../core/relay.js'
import type { Sessions } from '../core/sessions.js'
import { joinLines, lineFrame } from '../gateways/connections/in-memory-framing.js'
import type { Reader } from '../gateways/dialects/v1/reader.js'
import { v1 } from '../gateways/dialects/v1/v1.js'
import { v1Encoder } from '../gateways/dialects/v1/v1-encoder.js'
import type { FakeClock } from './fake-clock.js'
import { newClient } from './new-client.js'
import { type ScriptedBroker, scriptedBroker } from './scripted-broker.js'
import { type ScriptedConnection, scriptedConnection } from './scripted-connection.js'
import { settled } from './scripted-link.js'
import { relayOn } from './scripted-relay.js'

/** A frame of the relay. */
export type LineFrame = { readonly [Kind in Exclude<RelayFrame['kind'], 'Received'>]?: Record<string, unknown> } & {
  readonly Received?: number
}

const form = { framed: lineFrame, join: joinLines }
const lines = v1(jsonCodec, v1Encoder(jsonCodec, form))
/** The same bytes, but of another encoder. */
export const otherLines = v1(jsonCodec, v1Encoder(jsonCodec, form))

/** A connection to a relay, in v1 with a frame on each line. */
export interface Line {
  readonly connection: ScriptedConnection
  readonly dialect: Reader
  send(frame: unknown): void
  /** Returns the frames since the last call. */
  received(): LineFrame[]
}

/** A line on which the relay has answered `Connect`. */
export interface ConnectedLine extends Line {
  readonly welcome: Omit<WelcomeFrame, 'kind'>
}

/** A relay without sockets. */
export interface LineRelay {
  readonly broker: ScriptedBroker
  readonly clock: FakeClock
  /** The sessions that clients can resume. */
  readonly sessions: Sessions
  /** Closes the relay. */
  close(): Promise<void>
  line(): Line
  connected(frame?: object, open?: typeof lines): ConnectedLine
  /** Delivers messages on the subject `a`. */
  deliver(...payloads: readonly string[]): Promise<void>
}

/** Opens a relay without sockets. */
export async function lineRelay(options: Partial<RelayOptions> = {}): Promise<LineRelay> {
  const broker = scriptedBroker()
  const { relay, clock } = await relayOn(broker, options)
  const line = (open = lines): Line => {
    const connection = scriptedConnection()
    const dialect = open(relay, connection, newClient)
    let from = 0
    return {
      connection,
      dialect,
      send: (frame) => dialect.receive(JSON.stringify(frame)),
      received() {
        const text = connection.text.slice(from)
        from += text.length
        return text
          .split('\n')
          .filter(Boolean)
          .map((each) => JSON.parse(each) as LineFrame)
      },
    }
  }
  const connected = (frame: object = {}, open = lines): ConnectedLine => {
    const one = line(open)
    one.send({ Connect: frame })
    const [first, ...more] = one.received()
    return { ...one, received: () => [...more.splice(0), ...one.received()], welcome: first?.Welcome as never }
  }
  const deliver = async (...payloads: readonly string[]): Promise<void> => {
    for (const payload of payloads) broker.deliver('a', { subject: parseSubject('a'), payload })
    await settled()
  }
  const { sessions, close } = relay
  return { broker, clock, sessions, close, line, connected, deliver }
}

export const payloadsOf = (frames: readonly LineFrame[]): unknown[] =>
  frames.flatMap(({ Message }) => Message?.message ?? [])
export const subscribe = { Subscribe: { ref: 1, subject: 'a' } }
