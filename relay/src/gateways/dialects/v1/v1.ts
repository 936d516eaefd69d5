import type { Codec } from '@wildcast/protocol'
import { unknown } from '../../../core/access/identity.js'
import type { OpenDialect } from '../dialect.js'
import { Conversation } from './conversation.js'
import { Reader } from './reader.js'
import type { V1Encoder } from './v1-encoder.js'

/** The v1 dialect: frames of one codec, an answer to every request, errors in-band. */
export function v1(codec: Codec, encoder: V1Encoder): (...how: Parameters<OpenDialect>) => Reader {
  return (relay, connection, { identity, credentials, known }) => {
    const { authenticate, clock, limits } = relay
    const reader = new Reader(codec, connection, new Conversation(encoder, relay, connection, identity))
    if (authenticate && identity === unknown)
      reader.checkFirst({ clock, entryMs: limits.entryMs, authenticate, credentials, known })
    return reader
  }
}
