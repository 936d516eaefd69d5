import type { Codec } from '@wildcast/protocol'
import type { RelayView } from '../../../core/relay.js'
import type { ClientConnection } from '../../connections/connection.js'
import { Conversation } from './conversation.js'
import type { V1Encoder } from './encoders.js'
import { Reader } from './reader.js'

/** The v1 dialect: frames of one codec, an answer to every request, errors in-band. */
export function v1(codec: Codec, encoder: V1Encoder): (relay: RelayView, connection: ClientConnection) => Reader {
  return (relay, connection) => new Reader(codec, connection, new Conversation(encoder, relay, connection))
}
