/** The classic dialect in JSON. The entry `msgpack` has it in MessagePack. @module */
export { readClassicFrame } from '../classic.js'
export { classicJsonCodec } from '../classic-json-codec.js'
