// What a broker is opened with: plain values, checked where they were read, so that an adapter need
// not doubt their form.

/** The certificates of an encrypted link, as paths of PEM files. */
export interface TlsSettings {
  /** Whom the broker's certificate must be signed by. @default the authorities that Node knows */
  readonly rootCertificate?: string
  /** Who this relay is, where the broker asks for it. */
  readonly clientCertificate?: { readonly certificate: string; readonly key: string }
}

/** What every link to a broker has. */
export interface LinkSettings {
  /** How often a quiet link is tried, in milliseconds. @default 5000 */
  readonly pingIntervalMs?: number
  /**
   * How long a publish waits for a link that is down, in milliseconds. @default 0: it fails at once
   */
  readonly publishTimeoutMs?: number
}

export interface RedisSettings extends LinkSettings {
  /**
   * `redis://host:6379/0`, or `rediss://` for TLS. It may hold user name, password and database.
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
  /** Stands before the name of every channel and key. @default none */
  readonly prefix?: string
  /** Whether channels are sharded (Redis 7: `SSUBSCRIBE`, `SPUBLISH`). @default false */
  readonly sharded?: boolean
  /** Nodes of a cluster to begin with, each `host:port`. Not together with `sentinels`. */
  readonly cluster?: readonly string[]
  /** Sentinels to ask for the master, each `host:port`. */
  readonly sentinels?: readonly string[]
  /** How the sentinels call the master; always there where `sentinels` are. */
  readonly sentinelName?: string
  readonly sentinelPassword?: string
  /** Handed to ioredis as it is. */
  readonly options?: Readonly<Record<string, unknown>>
}

/** How a relay proves to NATS who it is. */
export type NatsAuth =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'user'; readonly user: string; readonly password: string }
  /** `seed` is that of a user: `SU…`. */
  | { readonly kind: 'nkey'; readonly seed: string }
  | { readonly kind: 'jwt'; readonly seed: string; readonly jwt: string }
  /** The path of a `.creds` file. */
  | { readonly kind: 'credentialsFile'; readonly path: string }
  /** What stands in a `.creds` file. */
  | { readonly kind: 'credentials'; readonly text: string }

export interface NatsSettings extends LinkSettings {
  /**
   * At least one of: a host, `host:port`, `nats://host:port`, `tls://host:port`. The port is 4222
   * where none is named.
   */
  readonly addresses: readonly string[]
  /** Whether the link must be encrypted, or with which certificates. @default as the server asks */
  readonly tls?: boolean | TlsSettings
  /** How the server's monitoring shows this relay. */
  readonly clientName?: string
  readonly auth?: NatsAuth
}

export interface MqttSettings extends LinkSettings {
  /** `mqtt://host:1883`, `mqtts://host:8883`, `ws://…` or `wss://…`. */
  readonly address: string
  /** The client's id. @default a fresh one with each start */
  readonly id?: string
  /**
   * How long the link may be silent, in milliseconds; on the wire it is whole seconds. @default
   * 5000
   */
  readonly keepAliveMs?: number
  readonly credentials?: { readonly username: string; readonly password: string }
  /** Only with an encrypted address. */
  readonly tls?: TlsSettings
  /** @default 5, or 3.1.1 where the server refuses that */
  readonly version?: '5' | '3.1.1'
  /**
   * Bytes of the longest packet that is sent. Servers of MQTT 3.1.1 do not tell theirs, and hang up
   * on what is longer, or throw it away. @default what the server says
   */
  readonly maxPacketSize?: number
  /** `raw`: payloads as they are. `envelope`: the original's array around them. @default raw */
  readonly payload?: 'raw' | 'envelope'
}

export interface MemorySettings {
  /** The Unix socket of the process whose memory several relays share. @default this relay's own */
  readonly socket?: string
}

/** A broker and what it is opened with. */
export type BrokerSettings =
  | ({ readonly type: 'memory' } & MemorySettings)
  | ({ readonly type: 'redis' } & RedisSettings)
  | ({ readonly type: 'nats' } & NatsSettings)
  | ({ readonly type: 'mqtt' } & MqttSettings)
