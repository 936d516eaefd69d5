import { classicJsonCodec } from '@wildcast/protocol/classic'
import {
  type Codec,
  type ConnectFrame,
  type PublishFrame,
  type WelcomeFrame,
  WildcastError,
} from '@wildcast/protocol/client'
import { withoutTrace } from '@wildcast/protocol/trace'
import type { ClientClock } from '../../time/clock.js'
import type { OpenTransport, TransportEvents } from '../transport.js'
import { type ClassicLanes, openLanes } from './classic-lanes.js'
import { type ClassicReplies, openReplies } from './classic-replies.js'
import { openClassicRequests } from './classic-requests.js'
import { openClassicSubscriptions } from './classic-subscriptions.js'

/**
 * Translates between v1, which the client uses, and the dialect of the original gateway. Answers or
 * refuses the frames that the dialect lacks.
 */
export const classic: OpenTransport = (events, settings) => {
  const lanes = openLanes({ ...settings, codec: toClassic(settings.codec) }, events)
  const replies = openReplies(events.frame)
  const subscriptions = openClassicSubscriptions(lanes, replies)
  const requests = openClassicRequests(lanes, settings.clock, replies)
  return {
    kind: 'classic',
    send(frame) {
      switch (frame.kind) {
        case 'Connect':
          greet(frame, events, () => replies.reply(welcome(settings.clock)))
          break
        case 'Subscribe':
          subscriptions.subscribe(frame)
          break
        case 'Unsubscribe':
          subscriptions.unsubscribe(frame.id)
          break
        case 'Publish':
          publish(frame, lanes, replies)
          break
        case 'Request':
          requests.request(frame)
          break
        case 'Cancel':
          requests.cancel(frame.ref)
          break
        case 'Enter':
        case 'Leave':
          replies.unsupported(frame.ref, 'presence')
          break
        case 'Authenticate':
          replies.unsupported(frame.ref, 'tokens')
          break
        case 'CanI':
          replies.unsupported(frame.ref, 'questions about permissions')
          break
        case 'Ping':
          replies.reply({ kind: 'Pong' })
          break
        case 'Received':
        case 'Pong':
      }
    },
    close(code) {
      requests.close()
      lanes.close(code)
    },
  }
}

/** Replaces a codec of v1, such as the client's default, by the classic one. */
function toClassic(codec: Codec): Codec {
  return codec.subprotocol === undefined ? codec : classicJsonCodec
}

function greet({ token }: ConnectFrame, { fault }: Pick<TransportEvents, 'fault'>, answer: () => void): void {
  if (token) fault(new WildcastError('unsupported', "a classic server doesn't support tokens: leave the token out"))
  answer()
}

function publish(frame: PublishFrame, lanes: ClassicLanes, replies: ClassicReplies): void {
  const asked = { ...frame, headers: withoutTrace(frame.headers) }
  const beyond = (['headers', 'wildcard', 'more', 'error', 'key', 'retain'] as const).find((field) => asked[field])
  if (beyond) replies.unsupported(frame.ref, `"${beyond}"`)
  else {
    lanes.prepare(frame)()
    replies.fail(frame.ref, 'interrupted', "a classic server doesn't confirm publishes")
  }
}

/**
 * Creates a `Welcome` in place of a relay. The limits and the heartbeat of the server are unknown.
 */
function welcome({ now }: ClientClock): WelcomeFrame {
  const unknown = Number.POSITIVE_INFINITY
  return {
    kind: 'Welcome',
    session: '',
    resumed: false,
    received: 0,
    relay: '',
    brokers: [],
    limits: { payload: unknown, subscriptions: unknown, resume_bytes: 0, headers: 0, header_bytes: 0 },
    ping: unknown,
    time: now(),
  }
}
