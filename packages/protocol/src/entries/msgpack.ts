/**
 * The MessagePack codecs, in an entry of their own: JSON users load neither them nor
 * `@msgpack/msgpack`. @module
 */
export { classicMsgpackCodec } from '../classic-msgpack-codec.js'
export { MessagePackWriter } from '../messagepack-writer.js'
export { msgpackCodec } from '../msgpack-codec.js'
export { parseMessagePack } from '../parse-messagepack.js'
