import {
  type ClientFrame,
  jsonCodec,
  lightJsonCodec,
  parsePattern,
  type RelayFrame,
  readClientFrame,
  readRelayFrame,
  type WelcomeFrame,
  WildcastError,
} from '@wildcast/protocol'
import type { OpenTransport } from '../transports/transport.js'

/** One connection of a client, as the relay sees it. */
export interface ScriptedLink {
  /** Id of the relay that has the client's session. */
  readonly relay: string | undefined
  /** The frames of the client, without `Ping` and `Pong`. */
  readonly sent: ClientFrame[]
  /** The numbers of the frames, including `Ping`. */
  readonly numbers: (number | undefined)[]
  readonly pings: number
  readonly pongs: number
  readonly closedWith: number | 'open' | undefined
  open(): void
  send(frame: RelayFrame): void
  /** Sends an unreadable frame, of which only the `ref` may be readable. */
  sendInvalid(ref?: number): void
  drop(code?: number, reason?: string): void
  /** Frames of one kind that the client sent. */
  all<Kind extends ClientFrame['kind']>(kind: Kind): Extract<ClientFrame, { readonly kind: Kind }>[]
}

/** A relay controlled by a test, with the real codec and without a network. */
export interface ScriptedRelay {
  readonly transport: OpenTransport
  readonly links: readonly ScriptedLink[]
  /** The newest connection. */
  readonly link: ScriptedLink
  /** The number of connections that are open or opening. */
  readonly live: number
  /** Whether it opens connections and answers frames by itself. @default true */
  obliging: boolean
  /** Overrides the automatic answer to a frame. */
  answer: (frame: ClientFrame) => RelayFrame | 'nothing' | undefined
}

/** The `Welcome` of a relay that keeps no sessions. */
export const welcome: WelcomeFrame = {
  kind: 'Welcome',
  session: 's',
  resumed: false,
  received: 0,
  relay: 'r',
  brokers: [{ name: 'test', default: true, status: 'up', features: [] }],
  limits: { payload: 1000, subscriptions: 100, resume_bytes: 0, headers: 64, header_bytes: 8192 },
  ping: 25_000,
  time: 0,
}

/** The `Welcome` of a relay that keeps sessions. */
export const keeping: WelcomeFrame = {
  ...welcome,
  session: 'key',
  limits: { ...welcome.limits, resume_bytes: 4000 },
}

/** Stops all answers, as a lost network does. */
export function silence(relay: ScriptedRelay): void {
  relay.answer = () => 'nothing'
}

/** Creates a relay without connections. */
export function createScriptedRelay(): ScriptedRelay {
  const links: (ScriptedLink & { live: boolean })[] = []
  const ids = new Map<string, number>()

  const oblige = (frame: ClientFrame): RelayFrame | undefined => {
    const given = relay.answer(frame)
    if (given) return given === 'nothing' ? undefined : given
    switch (frame.kind) {
      case 'Connect':
        return welcome
      case 'Subscribe': {
        const subject = parsePattern(frame.subject)
        const key = JSON.stringify([subject, frame.broker ?? 'test', frame.group, frame.serve, frame.policy])
        const id = ids.get(key) ?? ids.size + 1
        ids.set(key, id)
        return { kind: 'Subscribed', ref: frame.ref, id, subject }
      }
      case 'Unsubscribe':
        return { kind: 'Unsubscribed', id: frame.id }
      case 'Publish':
        return frame.ref === undefined ? undefined : { kind: 'Ack', ref: frame.ref }
      case 'Ping':
        return { kind: 'Pong' }
      default:
        return undefined
    }
  }

  const transport: OpenTransport = (events, { relay: wanted }) => {
    const sent: ClientFrame[] = []
    const numbers: (number | undefined)[] = []
    let state: 'opening' | 'open' | 'closed' = 'opening'
    const link: ScriptedLink & {
      live: boolean
      pings: number
      pongs: number
      closedWith: number | 'open' | undefined
    } = {
      relay: wanted,
      sent,
      numbers,
      pings: 0,
      pongs: 0,
      closedWith: 'open',
      live: true,
      open() {
        if (state !== 'opening') return
        state = 'open'
        events.open()
      },
      send(frame) {
        const data = jsonCodec.encode(frame) as string
        const decoded = readRelayFrame(lightJsonCodec.decode(data))
        if (state === 'open') events.frame(decoded, data.length)
      },
      sendInvalid(ref) {
        events.fault(new WildcastError('invalid_frame', 'no JSON'), ref)
      },
      drop(code = 1006, reason = '') {
        state = 'closed'
        link.live = false
        events.close({ code, reason })
      },
      all: (kind) => sent.filter((frame) => frame.kind === kind) as never,
    }
    links.push(link)
    if (relay.obliging) queueMicrotask(link.open)
    return {
      send(frame, number) {
        if (state !== 'open') throw new Error(`${frame.kind} was sent on a link that is ${state}`)
        const read = readClientFrame(jsonCodec.decode(lightJsonCodec.encode(frame)))
        if (read.kind === 'Pong') link.pongs++
        else {
          if (read.kind === 'Ping') link.pings++
          else sent.push(read)
          numbers.push(number)
        }
        const answer = relay.obliging ? oblige(read) : undefined
        if (answer) queueMicrotask(() => link.send(answer))
      },
      close(code) {
        state = 'closed'
        link.live = false
        link.closedWith = code
      },
    }
  }

  const relay: ScriptedRelay = {
    transport,
    links,
    get link() {
      const last = links.at(-1)
      if (!last) throw new Error('no client has connected')
      return last
    },
    get live() {
      return links.filter(({ live }) => live).length
    },
    obliging: true,
    answer: () => undefined,
  }
  return relay
}
