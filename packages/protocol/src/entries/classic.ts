/** The classic dialect, in JSON. In MessagePack it is part of the entry `msgpack`. @module */
export { readClassicFrame } from '../classic.js'
export { classicJsonCodec } from '../classic-json-codec.js'
