import type { Headers } from '@wildcast/protocol'
import { type PublishKey, usedKey } from '../../../core/publish-key.js'
import { keyId } from '../../foreign/key-id.js'
import type { JetStream, StoredAt, StreamMessage } from './jet-stream.js'

/** Of the message that was stored under a key. A "/" is in no header that a client can send. */
const fingerprintHeader = 'wildcast/key'

/** Returns the headers by which JetStream stores a message once. */
export function keyHeaders(key: PublishKey | undefined): Headers {
  return key
    ? [
        ['Nats-Msg-Id', keyId(key)],
        [fingerprintHeader, key.fingerprint],
      ]
    : []
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
  if (found !== undefined && found !== key.fingerprint) throw usedKey()
  return message
}
