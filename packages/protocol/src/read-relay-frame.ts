import type { RawFrame } from './codec.js'
import type { RelayFrame } from './frame.js'
import { readPayload, refuseField, toCount } from './read-fields.js'
import { isRecord } from './tagged.js'

/** Every kind a relay sends, with the fields that a client can't do without. */
const needed: ReadonlyMap<string, readonly string[]> = new Map([
  ['Welcome', ['session', 'brokers', 'limits', 'ping']],
  ['Message', ['id', 'subject']],
  ['Subscribed', ['id']],
  ['Synced', ['id']],
  ['Unsubscribed', ['id']],
  ['Ack', ['ref']],
  ['Response', ['ref']],
  ['Error', ['code', 'message']],
  ['Gap', ['id']],
  ['GoingAway', ['reconnect_in']],
])

/**
 * Reads what a relay said. The relay is trusted to keep the protocol's types; a frame without a field that it must have is refused all the same. Undefined for a
 * kind that this version does not know: a newer relay may send it.
 * @throws {WildcastError} `invalid_frame`
 */
export function readRelayFrame({ kind, body }: RawFrame): RelayFrame | undefined {
  if (kind === 'Ping') return { kind }
  if (kind === 'Received') return { kind, count: toCount(body, kind) }
  const fields = needed.get(kind)
  if (!fields) return undefined
  if (!isRecord(body)) throw refuseField(kind, 'an object')
  for (const field of fields) if (body[field] === undefined) throw refuseField(`${kind}.${field}`, 'there')
  if (kind !== 'Message' && kind !== 'Response') return { ...body, kind } as unknown as RelayFrame
  const { bytes: _, headers, ...rest } = body
  return {
    ...rest,
    kind,
    message: readPayload(body),
    ...(isRecord(headers) ? { headers: new Map(Object.entries(headers)) } : {}),
  } as unknown as RelayFrame
}
