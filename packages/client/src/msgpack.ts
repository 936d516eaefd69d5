/**
 * MessagePack instead of JSON. A separate entry, so that other applications don't load
 * `@msgpack/msgpack`.
 * @module
 */
import type { Codec } from '@wildcast/protocol/client'
import { classicMsgpackCodec, msgpackCodec } from '@wildcast/protocol/msgpack'

/**
 * Encodes frames as MessagePack.
 * @example createClient({ url: '/ws', codec: msgpack })
 */
export const msgpack: Codec = msgpackCodec

/**
 * Encodes the classic dialect as MessagePack, for a server in `Messagepack` mode.
 * @example createClient({ url: '/ws', dialect: 'classic', codec: classicMsgpack })
 */
export const classicMsgpack: Codec = classicMsgpackCodec
