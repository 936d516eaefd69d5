import type { RawFrame } from './codec.js'
import { WildcastError } from './errors.js'
import type { ClientFrame, Frame, MessageFrame, PublishFrame, SubscribeFrame } from './frame.js'
import { payloadBytes } from './message.js'
import { readClientFrame } from './read-client-frame.js'
import { isRecord, untag } from './tagged.js'

// The classic dialect, fixed byte for byte by the original system: two frames from the client, one untagged object from the relay, no answers.

/** The fields of a message, in the original's order. */
const order = ['message', 'subject', 'broker', 'response_subject'] as const

/** What goes out for a frame, before the encoding: a message is a positional array in MessagePack and an object in JSON. */
export function classicForm(frame: Frame): {
  readonly kind: 'Subscribe' | 'Publish' | 'Message'
  readonly value: unknown
} {
  if (frame.kind === 'Subscribe') return { kind: frame.kind, value: frame.subject }
  if (frame.kind === 'Publish' || frame.kind === 'Message') return { kind: frame.kind, value: fieldsOf(frame) }
  throw new WildcastError('unsupported', `classic has no ${frame.kind}: connect with a wildcast.v1 subprotocol`)
}

function fieldsOf(frame: PublishFrame | MessageFrame): Record<(typeof order)[number], unknown> {
  return {
    message: Array.from(payloadBytes(frame.message)),
    subject: frame.subject,
    broker: frame.broker ?? null,
    response_subject: frame.response_subject ?? null,
  }
}

/**
 * Undoes `classicForm` on a decoded value: the tagged frames of a client, or the relay's untagged message, each as an object or a positional array. Classic names
 * no subscription: the `id` of a message is 0.
 */
export function fromClassicForm(value: unknown): RawFrame {
  const message = Array.isArray(value) ? named(value) : value
  if (isRecord(message) && 'subject' in message) {
    const present = order.map((field) => [field, message[field]] as const).filter(([, part]) => part !== null)
    const body: Record<string, unknown> = { id: 0, ...Object.fromEntries(present) }
    if (Array.isArray(body.message)) body.message = Uint8Array.from(body.message)
    return { kind: 'Message', body }
  }
  const { kind, body } = untag(value)
  return kind === 'Publish' ? { kind, body: named(body) } : { kind, body }
}

function named(body: unknown): unknown {
  if (!Array.isArray(body)) return body
  if (body.length !== order.length)
    throw new WildcastError('invalid_frame', `a positional message is [${order.join(', ')}]`)
  return Object.fromEntries(order.map((field, i) => [field, body[i]]))
}

/**
 * Reads what a classic client said: `Subscribe` with a bare pattern, or `Publish` with the four fields; others are ignored, as in the original.
 * @throws {WildcastError} `invalid_frame`
 */
export function readClassicFrame({ kind, body }: RawFrame): SubscribeFrame | PublishFrame {
  if (kind === 'Subscribe' && typeof body === 'string') return { kind, subject: body }
  if (kind === 'Publish' && isRecord(body)) {
    const known = Object.fromEntries(order.map((field) => [field, body[field]]))
    return readClientFrame({ kind, body: known }) as ClientFrame & PublishFrame
  }
  throw new WildcastError(
    'invalid_frame',
    'classic frames are {"Subscribe": "<pattern>"} and {"Publish": {"message": [bytes], "subject": "<subject>"}}',
  )
}
