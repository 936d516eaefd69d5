import {
  type ClientFrame,
  type Codec,
  type Message,
  type RawFrame,
  type RelayFrame,
  type RequestFrame,
  readClientFrame,
  refOfRaw,
  type SubscribeFrame,
  WildcastError,
} from '@wildcast/protocol'
import { type Encoder, say } from '../../core/outlet.js'
import type { OpenDialect } from './dialect.js'

/** The v1 dialect: frames of one codec, every request answered, errors in-band. */
export function v1(codec: Codec, encoder: Encoder, pingMs: number): OpenDialect {
  return (relay, line) => {
    const outlet = { encoder, deliver: line.write }
    const session = relay.open(outlet)
    const asking = new Map<number, AbortController>()
    let begun = false // a frame has come, so that `Connect` would be too late

    const tell = (frame: RelayFrame): void => say(outlet, frame)

    const refuse = (cause: unknown, ref: number | undefined): void => {
      const error = WildcastError.from(cause)
      if (error.code === 'internal') relay.onError(error, { stage: 'session' })
      const { code, message, retry, retryInMs } = error
      tell({ kind: 'Error', ref, code, message, retry, retry_in: retryInMs })
    }

    const act = (frame: ClientFrame): void => {
      switch (frame.kind) {
        case 'Connect':
          if (begun) throw new WildcastError('invalid_frame', 'Connect is the first frame, sent once; reconnect instead')
          return tell(relay.welcome(pingMs))
        case 'Subscribe':
          return subscribe(frame)
        case 'Unsubscribe':
          session.unsubscribe(frame.id)
          return tell({ kind: 'Unsubscribed', ref: frame.ref, id: frame.id })
        case 'Publish':
          session.publish(frame).then(
            () => frame.ref !== undefined && tell({ kind: 'Ack', ref: frame.ref }),
            (cause) => refuse(cause, frame.ref),
          )
          return
        case 'Request':
          return ask(frame)
        case 'Cancel':
          return asking.get(frame.ref)?.abort(new WildcastError('interrupted', 'the request was cancelled'))
        case 'Authenticate':
          throw new WildcastError('unsupported', 'this relay asks nobody who they are; leave the token out')
        case 'Received': // counted for a resume, which this relay has not: Welcome says resume_bytes 0
        case 'Pong': // its arrival alone is the sign of life
          return
      }
    }

    const subscribe = (frame: SubscribeFrame): void => {
      session
        .subscribe(frame, ({ id, subject }) => tell({ kind: 'Subscribed', ref: frame.ref, id, subject }))
        .catch((cause) => refuse(cause, frame.ref))
    }

    const ask = (frame: RequestFrame): void => {
      const { ref } = frame
      if (asking.has(ref)) throw new WildcastError('invalid_frame', `a request with ref ${ref} is in flight; count on`)
      const cancel = new AbortController()
      asking.set(ref, cancel)
      session
        .request(frame, { signal: cancel.signal, onPart: (part) => tell(responseOf(ref, part, true)) })
        .then(
          (answer) => tell(responseOf(ref, answer, false)),
          (cause) => cancel.signal.aborted || refuse(cause, ref),
        )
        .finally(() => asking.delete(ref))
    }

    return {
      receive(data) {
        let raw: RawFrame | undefined
        try {
          raw = codec.decode(data)
          act(readClientFrame(raw))
        } catch (cause) {
          refuse(cause, raw && refOfRaw(raw))
        }
        begun = true
      },
      ping: () => tell({ kind: 'Ping' }),
      goAway: (reconnect_in) => tell({ kind: 'GoingAway', reconnect_in }),
      close() {
        for (const request of asking.values()) request.abort(new WildcastError('interrupted', 'the client left'))
        session.close()
      },
    }
  }
}

/** A refusal by the responder is an `Error` with the responder's own code. */
function responseOf(ref: number, answer: Message, more: boolean): RelayFrame {
  if (answer.error) return { kind: 'Error', ref, ...answer.error, retry: false }
  return { kind: 'Response', ref, message: answer.payload, ...(more ? { more } : {}) }
}
