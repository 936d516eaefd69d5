import type { ClientFrame, Codec, RelayFrame, WildcastError } from '@wildcast/protocol/client'
import type { ClientClock } from '../time/clock.js'

/** The events of a transport. */
export interface TransportEvents {
  /** Frames can be sent from now on. */
  open(): void
  /** A frame was received. `bytes` is the length of its data. */
  frame(frame: RelayFrame, bytes?: number): void
  /**
   * An unreadable frame was received; the connection continues. `ref` is the ref of the frame if it
   * can be found: the answer is lost.
   */
  fault(error: WildcastError, ref?: number): void
  /** The `leader` of the transport has changed. */
  leader?(leader: boolean): void
  /**
   * The connection has ended or could not be opened. The last event. `code` is a WebSocket close
   * code.
   */
  close(how: { readonly code: number; readonly reason: string }): void
}

/** Settings of a transport. */
export interface TransportSettings {
  readonly url: string
  /** Id of the relay that has the client's session, for the query of the URL. */
  readonly relay?: string | undefined
  readonly codec: Codec
  readonly clock: ClientClock
  readonly WebSocket?: WebSocketConstructor | undefined
}

/**
 * The kind of a transport: a WebSocket, plain HTTP, or WebSockets with the classic dialect.
 */
export type TransportKind = 'websocket' | 'http' | 'classic'

/** A connection to a relay that is open or opening. */
export interface Transport {
  /** The `transport` of the client's `status` while online. */
  readonly kind?: TransportKind | undefined
  /** The `leader` of the client's `status` while online. */
  readonly leader?: boolean | undefined
  /**
   * Sends a frame; only after `open`. Frames arrive in order, each once or not at all. `number` is
   * the number of the frame in its session, if it counts: all frames do except `Connect`, `Pong`
   * and `Received`.
   */
  send(frame: ClientFrame, number?: number): void
  /**
   * Closes the connection; with 1000 also ends the session. Frames sent before are still delivered;
   * a `close` event may follow.
   */
  close(code?: number): void
}

/** Opens a connection to a relay. Returns at once; the first event comes after it has returned. */
export type OpenTransport = (events: TransportEvents, settings: TransportSettings) => Transport

/** The members of a `WebSocket` that the client uses. Browsers and `ws` have them. */
export interface WebSocketLike {
  binaryType: string
  /** More than 1 as soon as it closes. */
  readonly readyState?: number
  send(data: string | Uint8Array<ArrayBuffer>): void
  close(code?: number): void
  addEventListener(type: 'open', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'error', listener: (event: object) => void): void
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void
}

/** The constructor of a `WebSocket`. */
export type WebSocketConstructor = new (url: string, protocols?: string | string[]) => WebSocketLike
