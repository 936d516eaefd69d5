import type { RawFrame } from './codec.js'
import { WildcastError } from './errors.js'
import type { ClientFrame, Frame, MessageFrame, PublishFrame, SubscribeFrame } from './frame.js'
import { payloadBytes } from './message.js'
import { readClientFrame } from './read-client-frame.js'
import { refusal } from './refusal.js'
import { isRecord, untag } from './tagged.js'

// The classic dialect, defined byte for byte by the original system: the client has two frames, the
// relay one untagged object, and there are no answers.

/** The fields of a message, in the original's order. */
const order = ['message', 'subject', 'broker', 'response_subject'] as const

/** The fields of a message in the original's order, before the encoding. */
export interface ClassicFields {
  readonly message: Uint8Array
  readonly subject: string
  readonly broker: string | null
  readonly response_subject: string | null
}

/** A classic frame before encoding: a pattern to subscribe to, or the fields of a message. */
export type ClassicForm =
  | { readonly kind: 'Subscribe'; readonly subject: string }
  | { readonly kind: 'Publish' | 'Message'; readonly fields: ClassicFields }

/**
 * Converts a frame to its classic form.
 * @throws {WildcastError} `unsupported` for the kinds that classic does not have
 */
export function classicForm(frame: Frame): ClassicForm {
  if (frame.kind === 'Subscribe') return { kind: frame.kind, subject: frame.subject }
  if (frame.kind === 'Publish' || frame.kind === 'Message') return { kind: frame.kind, fields: fieldsOf(frame) }
  throw new WildcastError('unsupported', `classic has no ${frame.kind}: connect with a wildcast.v1 subprotocol`)
}

function fieldsOf({ message, subject, broker, response_subject }: PublishFrame | MessageFrame): ClassicFields {
  return {
    message: payloadBytes(message),
    subject,
    broker: broker ?? null,
    response_subject: response_subject ?? null,
  }
}

/**
 * Reverses `classicForm` on a decoded value: the tagged frames of a client, or the relay's untagged
 * message. The fields of a message may be an object or a positional array. Classic has no
 * subscription ids: the `id` of a message is 0.
 */
export function fromClassicForm(value: unknown): RawFrame {
  const message = Array.isArray(value) ? namedFields(value) : value
  if (isRecord(message) && 'subject' in message) {
    const present = order.map((field) => [field, message[field]] as const).filter(([, part]) => part !== null)
    const body: Record<string, unknown> = { id: 0, ...Object.fromEntries(present) }
    if (Array.isArray(body.message)) body.message = Uint8Array.from(body.message)
    return { kind: 'Message', body }
  }
  const { kind, body } = untag(value)
  return kind === 'Publish' ? { kind, body: namedFields(body) } : { kind, body }
}

function namedFields(body: unknown): unknown {
  if (!Array.isArray(body)) return body
  if (body.length !== order.length) throw refusal('invalid_frame', `a positional message is [${order.join(', ')}]`)
  return Object.fromEntries(order.map((field, i) => [field, body[i]]))
}

/**
 * Reads a frame of a classic client: `Subscribe` with a bare pattern, or `Publish` with the four
 * fields; other fields are ignored, as in the original.
 * @throws {WildcastError} `invalid_frame`
 */
export function readClassicFrame({ kind, body }: RawFrame): SubscribeFrame | PublishFrame {
  if (kind === 'Subscribe' && typeof body === 'string') return { kind, subject: body }
  if (kind === 'Publish' && isRecord(body)) {
    const known = Object.fromEntries(order.map((field) => [field, body[field]]))
    return readClientFrame({ kind, body: known }) as ClientFrame & PublishFrame
  }
  throw refusal(
    'invalid_frame',
    'classic frames are {"Subscribe": "<pattern>"} and {"Publish": {"message": [bytes], "subject": "<subject>"}}',
  )
}
