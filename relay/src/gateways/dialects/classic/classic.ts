import {
  checkFrameLength,
  classicJsonCodec,
  type PublishFrame,
  parsePattern,
  readClassicFrame,
  WildcastError,
} from '@wildcast/protocol'
import { classicMsgpackCodec } from '@wildcast/protocol/msgpack'
import type { Outbox, OutboxOwner } from '../../../core/outbox.js'
import type { StreamEncoder } from '../../../core/outlet.js'
import type { RelayView } from '../../../core/relay.js'
import type { Session } from '../../../core/session.js'
import { goingAway, type OpenDialect } from '../dialect.js'
import { Intake } from '../intake.js'

/** Classic has no words for a subscription that has ended. */
const silent: OutboxOwner = { ended: () => {} }

/** How often a socket may subscribe to the same: each is one more copy of every message. */
const copiesLimit = 10

/** The original's two-way protocol: no answers, and a frame that can't be understood closes the connection. */
export function classic(encoder: StreamEncoder): OpenDialect {
  return (relay, connection) => {
    const outbox = relay.outbox(encoder, { wire: connection, owner: silent })
    // Two equal subscriptions on one socket give two copies, so the second needs a session of its own.
    const sessions: Session[] = [relay.open(outbox)]
    const copies = new Map<string, number>()
    const intake = new Intake(connection)

    const subscribe = (text: string): Promise<void> => {
      const subject = parsePattern(text)
      const copy = copies.get(subject) ?? 0
      if (copy >= copiesLimit)
        throw new WildcastError(
          'too_many_subscriptions',
          `${copiesLimit} equal subscriptions are enough for one socket`,
        )
      copies.set(subject, copy + 1)
      const session = sessions[copy] ?? relay.open(outbox)
      sessions[copy] = session
      return session.subscribe({ subject }, () => {})
    }

    const publish = ({ subject, message, broker, response_subject }: PublishFrame): Promise<void> | undefined =>
      sessions[0]
        ?.publish({ subject, payload: message, broker, responseSubject: response_subject })
        ?.finally(intake.begin(message.length))

    const act = (data: string | Uint8Array): void => {
      checkFrameLength(data)
      const codec = typeof data === 'string' ? classicJsonCodec : classicMsgpackCodec
      const frame = readClassicFrame(codec.decode(data))
      if (frame.kind === 'Subscribe') subscribe(frame.subject).catch((cause) => fail(relay, outbox, cause))
      else publish(frame)?.catch((cause) => failPublish(relay, outbox, cause))
    }

    return {
      receive(data) {
        try {
          act(data)
        } catch (cause) {
          fail(relay, outbox, cause) // in the same turn, so that nothing behind it is acted on
        }
      },
      ping: () => connection.ping(),
      goAway: () => outbox.end(goingAway()),
      close() {
        for (const session of sessions) session.close()
        outbox.close()
      },
    }
  }
}

/** One pattern, taken from the path; what the client says is not listened to. */
export function subscribeOnly(pattern: string, encoder: StreamEncoder): OpenDialect {
  return (relay, connection) => {
    const outbox = relay.outbox(encoder, { wire: connection, owner: silent })
    const session = relay.open(outbox)
    session.subscribe({ subject: pattern }, () => {}).catch((cause) => fail(relay, outbox, cause))
    return {
      receive: () => {},
      ping: () => connection.ping(),
      goAway: () => outbox.end(goingAway()),
      close() {
        session.close()
        outbox.close()
      },
    }
  }
}

/** What closes the connection when it is wrong in a publish. */
const mistakes: readonly string[] = ['invalid_frame', 'invalid_subject', 'unknown_broker']

/** A publish that fails is logged, whatever failed; the connection lives. Only a publish that is wrong in itself closes it. */
function failPublish(relay: RelayView, outbox: Outbox, cause: unknown): void {
  const error = WildcastError.from(cause)
  if (mistakes.includes(error.code)) outbox.end(error)
  else relay.onError(error, { stage: 'publish' })
}

/** A client's own mistake closes its connection; what failed further inside is for the log, since classic has no words for it. */
function fail(relay: RelayView, outbox: Outbox, cause: unknown): void {
  const error = WildcastError.from(cause)
  if (error.retry) relay.onError(error, { stage: 'session' })
  else outbox.end(error)
}
