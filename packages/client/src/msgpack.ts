/**
 * MessagePack instead of JSON, an entry of its own: others load neither it nor `@msgpack/msgpack`.
 * @module
 */
import type { Codec } from '@wildcast/protocol/client'
import { classicMsgpackCodec, msgpackCodec } from '@wildcast/protocol/msgpack'

/**
 * Frames as MessagePack.
 * @example createClient({ url: '/ws', codec: msgpack })
 */
export const msgpack: Codec = msgpackCodec

/**
 * The classic dialect as MessagePack, for a server in `Messagepack` mode.
 * @example createClient({ url: '/ws', dialect: 'classic', codec: classicMsgpack })
 */
export const classicMsgpack: Codec = classicMsgpackCodec
