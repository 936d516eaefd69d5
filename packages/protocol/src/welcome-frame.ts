/** A broker of the relay: its name, the state of its connection, and its features. */
export interface BrokerInfo {
  readonly name: string
  readonly default: boolean
  readonly status: 'up' | 'down'
  readonly features: readonly string[]
}

/** Answers `Connect`. */
export interface WelcomeFrame {
  readonly kind: 'Welcome'
  /** The key with which its client can resume the session. It is secret. */
  readonly session: string
  /** The public name of the session. */
  readonly name?: string | undefined
  /** Whether the session that `Connect` named continues. */
  readonly resumed: boolean
  /** How many frames of the client the relay has received. */
  readonly received: number
  readonly user?: string | undefined
  /** Milliseconds until the session ends, unless the client sends a newer token. */
  readonly expires_in?: number | undefined
  /** The name of the relay, new at each of its starts. */
  readonly relay: string
  readonly brokers: readonly BrokerInfo[]
  readonly limits: {
    /** Bytes of a payload, with its headers and error. */
    readonly payload: number
    /** Bytes of a WebSocket message; a longer one ends the connection. */
    readonly frame?: number | undefined
    readonly subscriptions: number
    /** Requests in flight. */
    readonly requests?: number | undefined
    /** Publishes and requests of this session in a second. */
    readonly publishes?: number | undefined
    /** Bytes of their payloads in a second. */
    readonly publish_bytes?: number | undefined
    /** Publishes and requests of all sessions of the user in a second. */
    readonly user_publishes?: number | undefined
    /** Bytes of their payloads in a second. */
    readonly user_publish_bytes?: number | undefined
    /** New subscriptions in a second. */
    readonly subscribes?: number | undefined
    /** Bytes of messages that wait for a slow reader; later ones are a gap. */
    readonly backlog_bytes?: number | undefined
    /** Bytes of values that the relay keeps for readers; past it, they can't be read. */
    readonly value_cache?: number | undefined
    /** Bytes of unacknowledged frames that the relay keeps. With 0, no session can be resumed. */
    readonly resume_bytes: number
    /** Milliseconds that the session outlives its connection. */
    readonly resume_ms?: number | undefined
    /** Headers of a message. */
    readonly headers: number
    /** UTF-8 bytes of all header names and values of a message, and of its error. */
    readonly header_bytes: number
    /** Bytes of a message with several frames, in both directions, if the client accepts them. */
    readonly batch?: number | undefined
  }
  /** Milliseconds of silence after which the relay sends `Ping`. */
  readonly ping: number
  /** The relay's clock, milliseconds since 1970. */
  readonly time: number
}
