/**
 * Plain HTTP, for networks known to block WebSockets. Without it, the client falls back to HTTP by
 * itself.
 * @example createClient({ url: '/ws', transport: stream })
 * @module
 */

export { stream } from './transports/stream/stream.js'
