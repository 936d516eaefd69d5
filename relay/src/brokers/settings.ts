import type { HistoryRule } from '../core/history-rules.js'
import type { StoreLimits } from '../stores/limits.js'

// Settings of brokers, as plain values. The adapters rely on their form: the reader validates it.

/** The certificates of an encrypted link, as paths of PEM files. */
export interface TlsSettings {
  /** The authorities that may sign the broker's certificate. @default those of Node */
  readonly rootCertificate?: string
  /** The relay's own certificate, if the broker requires one. */
  readonly clientCertificate?: { readonly certificate: string; readonly key: string }
}

/** The settings of each link to a broker. */
export interface LinkSettings {
  /** How often the link is pinged, in milliseconds. @default 5000 */
  readonly pingIntervalMs?: number
  /**
   * How long publishes and requests wait for a link that is down, in milliseconds. @default 0: they
   * fail at once
   */
  readonly publishTimeoutMs?: number
}

/** The messages that a broker keeps. */
export interface HistorySettings {
  /** The first rule that matches a subject counts. @default none is kept */
  readonly history?: readonly HistoryRule[]
}

/** The settings of a Redis server, a cluster, or a master behind sentinels. */
export interface RedisSettings extends LinkSettings, HistorySettings {
  /**
   * `redis://host:6379/0`, or `rediss://` for TLS. It may hold a user name, password and database.
   */
  readonly url: string
  /** Only with `rediss://`. */
  readonly tls?: TlsSettings
  /** @default that of the URL */
  readonly username?: string
  /** @default that of the URL */
  readonly password?: string
  /** The number of the database. @default that of the URL, or 0 */
  readonly db?: number
  /** The prefix of each channel and key. @default none */
  readonly prefix?: string
  /** Whether channels are sharded (Redis 7: `SSUBSCRIBE`, `SPUBLISH`). @default false */
  readonly sharded?: boolean
  /** The first nodes of a cluster to try, each `host:port`. Not together with `sentinels`. */
  readonly cluster?: readonly string[]
  /** The sentinels that know the master, each `host:port`. */
  readonly sentinels?: readonly string[]
  /** The name of the master at the sentinels. Required with `sentinels`. */
  readonly sentinelName?: string
  readonly sentinelPassword?: string
  /** The limits of the values and messages that are kept. @default 100,000 values, 256 MiB */
  readonly store?: Partial<StoreLimits>
  /** Options that are passed to ioredis unchanged. */
  readonly options?: Readonly<Record<string, unknown>>
}

/** How a relay authenticates at NATS. */
export type NatsAuth =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'user'; readonly user: string; readonly password: string }
  /** `seed` is the seed of a user: `SU…`. */
  | { readonly kind: 'nkey'; readonly seed: string }
  | { readonly kind: 'jwt'; readonly seed: string; readonly jwt: string }
  /** The path of a `.creds` file. */
  | { readonly kind: 'credentialsFile'; readonly path: string }
  /** The content of a `.creds` file. */
  | { readonly kind: 'credentials'; readonly text: string }

/** The settings of a NATS server or cluster. */
export interface NatsSettings extends LinkSettings, HistorySettings {
  /**
   * At least one address: `host`, `host:port`, `nats://host:port` or `tls://host:port`. The default
   * port is 4222.
   */
  readonly addresses: readonly string[]
  /** Whether to encrypt the link, or the certificates for it. @default as the server requires */
  readonly tls?: boolean | TlsSettings
  /** The name of this relay in the server's monitoring. @default wildcast */
  readonly clientName?: string
  readonly auth?: NatsAuth
  /** The first segments of each subject, which clients do not see. @default none */
  readonly prefix?: string
  /** The limits of the values that are kept. @default 100,000 values, 256 MiB */
  readonly store?: Partial<StoreLimits>
}

/** The settings of a server of MQTT 5 or 3.1.1. */
export interface MqttSettings extends LinkSettings {
  /** `mqtt://host:1883`, `mqtts://host:8883`, `ws://…` or `wss://…`. */
  readonly address: string
  /** The client's id. @default a new one with each start */
  readonly id?: string
  /**
   * How long the link may be silent, in milliseconds, rounded up to whole seconds. @default
   * `pingIntervalMs`
   */
  readonly keepAliveMs?: number
  readonly credentials?: { readonly username: string; readonly password: string }
  /** Only with an encrypted address. */
  readonly tls?: TlsSettings
  /** @default 5, or 3.1.1 if the server refuses 5 */
  readonly version?: '5' | '3.1.1'
  /**
   * Bytes of the longest packet to send. A server of MQTT 3.1.1 does not announce its limit, and
   * closes the connection over a longer packet, or drops it. @default the limit that the server
   * announces
   */
  readonly maxPacketSize?: number
  /** `raw`: unchanged payloads. `envelope`: payloads in the array of the original. @default raw */
  readonly payload?: 'raw' | 'envelope'
  /** The first segments of each subject, which clients do not see. @default none */
  readonly prefix?: string
}

/** The store of a memory broker, and its limits. */
export interface StoreSettings {
  /** The absolute path of a file of SQLite. @default in memory */
  readonly sqlite?: string
  /** The most values. @default 100000 */
  readonly values?: number
  /** The most bytes of their subjects, payloads, headers and wills. @default 268435456 */
  readonly bytes?: number
}

/** The settings of the memory broker. */
export interface MemorySettings extends HistorySettings {
  /** The Unix socket of a memory broker that several relays share. @default one in this process */
  readonly socket?: string
  readonly store?: StoreSettings
}

/** The kind of a broker, and its settings. */
export type BrokerSettings =
  | ({ readonly type: 'memory' } & MemorySettings)
  | ({ readonly type: 'redis' } & RedisSettings)
  | ({ readonly type: 'nats' } & NatsSettings)
  | ({ readonly type: 'mqtt' } & MqttSettings)
