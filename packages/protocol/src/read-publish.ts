import type { ClientFrame, PublishFrame } from './frame.js'
import { limits } from './limits.js'
import type { Payload } from './message.js'
import {
  type Body,
  payloadFrom,
  readOptionalCount,
  readOptionalFailure,
  readOptionalFlag,
  readOptionalJson,
  readOptionalText,
  readPayload,
  readText,
  refuseField,
  reservedFieldsOf,
} from './read-fields.js'
import { readOptionalHeaders } from './read-headers.js'
import { utf8Length } from './utf8-length.js'

/** Fields of the first protocol version that no relay supports yet. */
const reservedOnPublish = new Set(['exclude_me'])

/** The fields of a publish that concern a value. */
type ValueFields = Pick<
  PublishFrame,
  'retain' | 'when' | 'when_revision' | 'watch' | 'watch_timeout' | 'will' | 'will_after' | 'ttl'
>

const valueFields = new Set(['retain', 'when', 'when_revision', 'watch', 'watch_timeout', 'will', 'will_after', 'ttl'])

/**
 * Reads the body of a `Publish`.
 * @throws {WildcastError} `invalid_frame`; `too_large` for too many or too long headers
 */
export function readPublish(body: Body): ClientFrame {
  return {
    kind: 'Publish',
    ref: readOptionalCount(body, 'ref'),
    subject: readText(body, 'subject'),
    // A failed answer need not have a payload.
    message: body.error && (body.message ?? body.bytes ?? null) === null ? '' : readPayload(body),
    broker: readOptionalText(body, 'broker'),
    response_subject: readOptionalText(body, 'response_subject'),
    headers: readOptionalHeaders(body),
    wildcard: readOptionalFlag(body, 'wildcard'),
    more: readOptionalFlag(body, 'more'),
    error: readOptionalFailure(body),
    key: readOptionalKey(body),
    ...readValueFields(body),
    reserved: reservedFieldsOf(body, reservedOnPublish),
  }
}

function readOptionalKey(body: Body): string | undefined {
  const key = readOptionalText(body, 'key')
  if (key === undefined) return undefined
  if (key === '' || utf8Length(key) > limits.keyBytes) throw refuseField('key', `1 to ${limits.keyBytes} bytes of text`)
  return key
}

/** Few publishes have these fields. */
function readValueFields(body: Body): ValueFields | undefined {
  if (!Object.keys(body).some((field) => valueFields.has(field))) return undefined
  return {
    retain: readOptionalFlag(body, 'retain'),
    when: readOptionalJson(body, 'when'),
    when_revision: readOptionalText(body, 'when_revision'),
    watch: readOptionalFlag(body, 'watch'),
    watch_timeout: readOptionalCount(body, 'watch_timeout'),
    will: readWill(body),
    will_after: readOptionalCount(body, 'will_after'),
    ttl: readOptionalCount(body, 'ttl'),
  }
}

/** `null` is a will: the value is deleted. */
function readWill({ will }: Body): Payload | null | undefined {
  return will === undefined || will === null ? will : payloadFrom(will, 'will')
}
