import type { ClientFrame } from './client-frame.js'
import type { RelayFrame } from './relay-frame.js'

export type * from './client-frame.js'
export type * from './relay-frame.js'
export type * from './welcome-frame.js'

/** Any frame of the protocol. */
export type Frame = ClientFrame | RelayFrame
