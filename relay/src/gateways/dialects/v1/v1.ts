import type { Codec } from '@wildcast/protocol'
import type { OpenDialect } from '../dialect.js'
import { Conversation } from './conversation.js'
import type { V1Encoder } from './encoders.js'
import { Reader } from './reader.js'

/** The v1 dialect: frames of one codec, every question answered, errors in-band. */
export function v1(codec: Codec, encoder: V1Encoder): OpenDialect {
  return (relay, connection) => new Reader(codec, new Conversation(encoder, relay, connection))
}
