import type { ClientFrame, Codec, RelayFrame, WildcastError } from '@wildcast/protocol/client'
import type { ClientClock } from '../time/clock.js'

/** What a transport tells. */
export interface TransportEvents {
  /** Frames can be sent from now on. */
  open(): void
  /** `bytes` is the length of its data. */
  frame(frame: RelayFrame, bytes?: number): void
  /**
   * Something came in the place of a frame; the connection lives. `ref` is that of the frame, if it
   * can be found: what it may have said will not come.
   */
  fault(error: WildcastError, ref?: number): void
  /**
   * The connection is over, or never came about. Nothing follows. `code` is a WebSocket close code.
   */
  close(how: { readonly code: number; readonly reason: string }): void
}

/** What a transport is told. */
export interface TransportSettings {
  readonly url: string
  /** Id of the relay that has the client's session. It belongs into the query of the URL. */
  readonly relay?: string | undefined
  readonly codec: Codec
  readonly clock: ClientClock
  readonly WebSocket?: WebSocketConstructor | undefined
}

/**
 * What carries the frames of a client: a WebSocket, plain HTTP, or a WebSocket in the classic
 * dialect.
 */
export type TransportKind = 'websocket' | 'http' | 'classic'

/** An open way to a relay, or one that is about to open. */
export interface Transport {
  /** Stands in the client's `status` once it is online. */
  readonly kind?: TransportKind | undefined
  /**
   * Only after `open`. Frames arrive in the order of the calls, each once, or not at all. `number`
   * is that of the frame in its session, if it counts: all do but `Connect`, `Pong` and `Received`.
   */
  send(frame: ClientFrame, number?: number): void
  /**
   * Ends it; with 1000 the session, too. What was sent before is still delivered; a `close` event
   * may follow.
   */
  close(code?: number): void
}

/**
 * Opens a way to a relay. Returns at once; events never come before it has returned.
 */
export type OpenTransport = (events: TransportEvents, settings: TransportSettings) => Transport

/** What we need of a `WebSocket`. The browser's fits, and that of `ws`. */
export interface WebSocketLike {
  binaryType: string
  send(data: string | Uint8Array<ArrayBuffer>): void
  close(code?: number): void
  addEventListener(type: 'open', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'error', listener: (event: object) => void): void
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void
}

/** The constructor of a `WebSocket`. */
export type WebSocketConstructor = new (url: string, protocols?: string | string[]) => WebSocketLike
