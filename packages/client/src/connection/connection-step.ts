import type { WildcastError } from '@wildcast/protocol/client'
import type { Transport } from '../transports/transport.js'
import type { Status } from './status.js'

/** The statuses of some states. */
export type StatusIn<State extends Status['state']> = Extract<Status, { readonly state: State }>

/** An attempt to connect. */
export interface Connecting extends StatusIn<'connecting'> {
  /** The attempt waits for the token, then for the transport, then for the relay's `Welcome`. */
  readonly stage: 'token' | 'transport' | 'welcome'
  /** When the transport was opened. */
  readonly openedAt?: number
  /** The app was notified that no relay can be reached. Once, until a relay is reached. */
  readonly reported: boolean
}
/** The wait before the next attempt. */
export interface WaitingConnection extends StatusIn<'waiting'> {
  readonly reported: boolean
}
/** A connection that the relay has welcomed. */
export interface Online extends StatusIn<'online'> {
  readonly attempt: number
  /** Silence after which the client probes the relay, in milliseconds. */
  readonly limitMs: number
  /** When to disconnect from a relay that is going away. */
  readonly leaveAt?: number
  /** The wait for a frame of the relay, if there is one: 1 is the first, 2 the last. */
  readonly wait?: 1 | 2 | undefined
}

/** The state of a connection: its status and the internal fields of `step`. */
export type ConnectionState = StatusIn<'idle' | 'closed'> | Connecting | WaitingConnection | Online

/** How long the relay has been silent, and whether the timer can be trusted. */
export interface Liveness {
  readonly silentMs: number
  /** The timer fired much too late: the machine or the page has slept. */
  readonly late: boolean
}

/** An event of a connection. */
export type ConnectionEvent =
  /** The client should connect now, without a wait. */
  | { readonly type: 'wanted' }
  /** The page became visible or the network came back; timers may have slept. */
  | ({ readonly type: 'woke' } & Liveness)
  /** The timer fired. */
  | ({ readonly type: 'fired' } & Liveness)
  /** A frame was sent that the relay answers, or confirms within a second. */
  | { readonly type: 'sent' }
  /** A frame of the relay was received. */
  | { readonly type: 'received' }
  /** The token is available, if one is needed. */
  | { readonly type: 'token' }
  /** The transport accepts frames. */
  | { readonly type: 'opened' }
  | { readonly type: 'welcomed'; readonly pingMs: number; readonly transport?: Transport | undefined }
  /** Another tab holds the connection, or no longer does. */
  | { readonly type: 'leader'; readonly leader: boolean }
  | { readonly type: 'goingAway'; readonly window: readonly [number, number] }
  /** The token is unavailable, or the transport closed or could not be opened. */
  | {
      readonly type: 'failed'
      readonly reason: WildcastError
      readonly final?: boolean
      /** The relay has refused the token, and another may help. */
      readonly renew?: boolean | undefined
    }
  | { readonly type: 'ended' }

/** The inputs of `step` other than the state and the event. */
export interface ConnectionFacts {
  readonly now: number
  /** A random number from 0 up to 1. */
  readonly chance: number
  /** How long to wait for a frame of the relay, in milliseconds. */
  readonly probeMs: number
}

/** The next state and the effects of an event, to be executed in this order. */
export interface ConnectionStep {
  readonly to: ConnectionState
  /**
   * Close the transport. Everything in flight is lost, unless the session may resume. The app is
   * notified last.
   */
  readonly lost?: WildcastError
  /** Set the timer. A closed connection has none. */
  readonly armMs?: number
  /** Send a `Ping`. */
  readonly probe?: true
  /** Get a token and open a transport. */
  readonly open?: true
  /**
   * `opened`: subscribe, even before `Welcome`, since a lost `Subscribe` is sent again. `welcomed`:
   * send the queued frames. Not earlier: frames that the relay never read would be lost.
   */
  readonly notify?: 'opened' | 'welcomed'
  /** Report `lost`, with this stage. */
  readonly report?: 'token' | 'transport' | undefined
}
