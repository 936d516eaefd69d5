import type { WildcastError } from '@wildcast/protocol/client'
import type { TransportKind } from '../transports/transport.js'
import type { Status } from './status.js'

/** The statuses of some states. */
export type StatusIn<State extends Status['state']> = Extract<Status, { readonly state: State }>

/** An attempt to connect. */
export interface Connecting extends StatusIn<'connecting'> {
  /** It waits for a token, then for a transport that opens, then for the relay's `Welcome`. */
  readonly stage: 'token' | 'transport' | 'welcome'
  /** The app knows that no relay can be reached: it is notified once, until one is. */
  readonly reported: boolean
}
/** The time before the next attempt. */
export interface WaitingConnection extends StatusIn<'waiting'> {
  readonly reported: boolean
}
/** A connection that the relay has welcomed. */
export interface Online extends StatusIn<'online'> {
  readonly attempt: number
  /** Silence after which the connection is dead, in milliseconds. */
  readonly limitMs: number
  /** When to leave a relay that is going away. */
  readonly leaveAt?: number
  /** A sign of life is awaited: 1 the first time, 2 the last. */
  readonly wait?: 1 | 2 | undefined
}

/** The state of a connection: its status, and what only `step` needs to know. */
export type ConnectionState = StatusIn<'idle' | 'closed'> | Connecting | WaitingConnection | Online

/** What has been heard of the relay. */
export interface Liveness {
  readonly silentMs: number
  /** Whether the timer is much too late: the machine has slept, or the page. */
  readonly late: boolean
}

/** Everything that can happen to a connection. */
export type ConnectionEvent =
  /** Somebody wants it: now, not after the wait. */
  | { readonly type: 'wanted' }
  /** Page visible, network back: timers may have slept. */
  | ({ readonly type: 'woke' } & Liveness)
  /** The one timer. */
  | ({ readonly type: 'fired' } & Liveness)
  /** A frame was sent that the relay answers, or confirms within a second. */
  | { readonly type: 'sent' }
  /** The relay has said something. */
  | { readonly type: 'received' }
  /** The token is there, if one is needed. */
  | { readonly type: 'token' }
  /** The transport takes frames. */
  | { readonly type: 'opened' }
  | { readonly type: 'welcomed'; readonly pingMs: number; readonly transport?: TransportKind | undefined }
  | { readonly type: 'goingAway'; readonly window: readonly [number, number] }
  /** There is no token, or the transport closed or could not be opened. */
  | { readonly type: 'failed'; readonly reason: WildcastError; readonly final?: boolean }
  | { readonly type: 'ended' }

/** When something happened, and what decides beside the state. */
export interface ConnectionFacts {
  readonly now: number
  /** A number from 0 up to 1 to draw lots with. */
  readonly chance: number
  /** How long a sign of life may take, in milliseconds. */
  readonly probeMs: number
}

/** What follows from a happening, to be done in this order. */
export interface ConnectionStep {
  readonly to: ConnectionState
  /**
   * The transport is to be left. What was in flight is lost with it, unless the session may come
   * back; the app is notified last.
   */
  readonly lost?: WildcastError
  /** Sets the one timer, instead of the one before. A closed connection has none. */
  readonly armMs?: number
  /** Ask the relay for a sign of life. */
  readonly probe?: true
  /** Ask for a token and open a transport. */
  readonly open?: true
  /**
   * `opened`: subscribe. It may be sent before the relay has answered, since a subscription that is
   * lost is asked for again. `welcomed`: send what waits. Not earlier, since what the relay never
   * read would be lost.
   */
  readonly notify?: 'opened' | 'welcomed'
  /** Report `lost`, with this stage. */
  readonly report?: 'token' | 'transport' | undefined
}
