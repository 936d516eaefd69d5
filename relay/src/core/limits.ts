import { limits as wire } from '@wildcast/protocol'
import { defaultValueCache } from './value-size.js'

/** Limits of one session. Those with a name of `limitTable` are sent to clients in `Welcome`. */
export interface SessionLimits {
  /** Bytes of a payload. @default 1 MiB */
  readonly payload: number
  /** Bytes of a WebSocket message. @default 4 payloads and 64 KiB */
  readonly frame: number
  /** Subscriptions of a session. @default 1000 */
  readonly subscriptions: number
  /** Requests in flight of a session. @default 1000 */
  readonly requests: number
  /** Publishes and requests of a session in a second. @default no limit */
  readonly publishes: number | undefined
  /** Bytes of their payloads in a second. @default no limit */
  readonly publishBytes: number | undefined
  /** Publishes and requests of all sessions of a user in a second. @default no limit */
  readonly userPublishes: number | undefined
  /** Bytes of their payloads in a second. @default no limit */
  readonly userPublishBytes: number | undefined
  /** New subscriptions of a session in a second. @default no limit */
  readonly subscribes: number | undefined
  /**
   * Bytes of messages that wait for a slow reader before they are dropped and reported as a gap.
   * @default 1 MiB
   */
  readonly backlog: number
  /** Bytes of the values that a relay keeps for their readers. @default 256 MiB */
  readonly valueCache: number
  /** Bytes of frames that are kept until a client confirms them. @default 1 MiB */
  readonly resume: number
  /** How long a session waits for its client to come back, in milliseconds. @default 60,000 */
  readonly resumeMs: number
}

/** Limits of a relay: of one session, and of all clients together. */
export interface Limits extends SessionLimits {
  /** Open connections. @default no limit */
  readonly connections: number | undefined
  /** Open connections of a user. @default no limit */
  readonly userConnections: number | undefined
  /** Open connections of an address. @default no limit */
  readonly addressConnections: number | undefined
  /** New connections in a second. @default no limit */
  readonly handshakes: number | undefined
  /** New connections of an address in a second. @default no limit */
  readonly addressHandshakes: number | undefined
  /** How long a connection may stay without credentials, in milliseconds. @default 10,000 */
  readonly entryMs: number
  /** How long a client may be silent before it counts as lost, in milliseconds. @default 35,000 */
  readonly idleMs: number
  /** Sessions whose client is away. @default 10,000 */
  readonly away: number
  /**
   * Bytes of waiting and unconfirmed messages of all sessions. Waiting ones count for each reader,
   * unconfirmed ones once for all that share them. @default 256 MiB
   */
  readonly memory: number
  /** Bytes of incomplete messages and HTTP bodies of all clients. @default 64 MiB */
  readonly unfinished: number
}

const mebibyte = 1024 * 1024

/** Bytes of a frame besides its payload. */
const frameRest = 64 * 1024

/** Bytes of a frame for each byte of its payload: an array of numbers in JSON has `255,`. */
const frameShare = 4

/** The limits of a relay that sets none. */
export const defaultLimits: Limits = {
  payload: wire.payloadBytes,
  frame: frameShare * wire.payloadBytes + frameRest,
  subscriptions: 1000,
  requests: 1000,
  publishes: undefined,
  publishBytes: undefined,
  userPublishes: undefined,
  userPublishBytes: undefined,
  subscribes: undefined,
  backlog: mebibyte,
  valueCache: defaultValueCache,
  resume: mebibyte,
  resumeMs: 60_000,
  connections: undefined,
  userConnections: undefined,
  addressConnections: undefined,
  handshakes: undefined,
  addressHandshakes: undefined,
  entryMs: 10_000,
  idleMs: 35_000,
  away: 10_000,
  memory: 256 * mebibyte,
  unfinished: 64 * mebibyte,
}

/** Completes limits. A frame holds a full payload, unless its own limit is set. */
export function limitsOf(set: Partial<Limits> = {}): Limits {
  const { payload = defaultLimits.payload } = set
  return { ...defaultLimits, frame: frameShare * payload + frameRest, ...set }
}
