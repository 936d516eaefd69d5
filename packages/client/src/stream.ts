/**
 * Plain HTTP for clients that know that no WebSocket comes through; all others find out by
 * themselves.
 * @example createClient({ url: '/ws', transport: stream })
 * @module
 */

export { stream } from './transports/stream/stream.js'
