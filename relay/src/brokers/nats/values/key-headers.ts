import type { Headers } from '@wildcast/protocol'
import { type PublishKey, usedKey } from '../../../core/publish-key.js'
import { keyId } from '../../foreign/key-id.js'
import type { JetStream, StoredAt, StreamMessage } from './jet-stream.js'

/** By which JetStream finds a message that it has stored before. */
const idHeader = 'Nats-Msg-Id'
/** Of the message that was stored under a key. A "/" is in no header that a client can send. */
const fingerprintHeader = 'wildcast/key'

/** Returns the headers by which JetStream stores a message once. */
export function keyHeaders(key: PublishKey | undefined): Headers {
  return key
    ? [
        [idHeader, keyId(key)],
        [fingerprintHeader, key.fingerprint],
      ]
    : []
}

/** Returns headers without those of a key. An id that another program has given stays. */
export function withoutKey(headers: Headers): Headers {
  const hasKey = headers.some(([name]) => name === fingerprintHeader)
  return hasKey ? headers.filter(([name]) => name !== idHeader && name !== fingerprintHeader) : headers
}

/** No stream has this number. */
const noSeq = Number.MAX_SAFE_INTEGER

/**
 * Returns the headers of a message that JetStream does not store, but for which it finds an earlier
 * one with this key. A stream with replicas would test the number of the subject before the key,
 * and not that of the stream.
 */
export function probeHeaders(key: PublishKey): Headers {
  return [...keyHeaders(key), ['Nats-Expected-Last-Sequence', `${noSeq}`]]
}

/**
 * Returns the message that JetStream has stored under a key before, or undefined if it was replaced
 * or forgotten since.
 * @throws {WildcastError} if the key belongs to another message
 */
export async function repeatedMessage(
  jetStream: Pick<JetStream, 'at'>,
  key: PublishKey,
  { stream, seq }: StoredAt,
): Promise<StreamMessage | undefined> {
  const message = await jetStream.at(stream, seq)
  const found = message?.headers.find(([name]) => name === fingerprintHeader)?.[1]
  if (message && found !== key.fingerprint) throw usedKey()
  return message
}
