import { WildcastError } from '@wildcast/protocol'
import type { RedisOptions } from 'ioredis'
import type { Certificates } from '../foreign/certificates.js'
import type { RedisSettings } from '../settings.js'

/** The address of a Redis, a node of a cluster, or a sentinel. */
export interface RedisAddress {
  readonly host: string
  readonly port: number
}

/** The options of an ioredis client. */
export type RedisClientOptions = RedisOptions & {
  readonly replyMapping: 'legacy'
  readonly connectTimeout: number
  /** Its name in `CLIENT LIST`. */
  readonly connectionName: string
}

const defaultPort = 6379

const connectTimeoutMs = 5000
/** Short, so that a silent sentinel leaves time to try the others. */
const sentinelTimeoutMs = 1000

/** How long a server may take to be ready, including the sentinels that lead to it. */
export function patienceMs({ connectTimeout, sentinels, sentinelCommandTimeout = 0 }: RedisClientOptions): number {
  return connectTimeout + (sentinels?.length ?? 0) * sentinelCommandTimeout
}

/** The address in the URL. */
export function redisAddressOf({ url }: RedisSettings): RedisAddress {
  const { hostname, port } = new URL(url)
  return { host: bare(hostname), port: Number(port) || defaultPort }
}

/** Parses a text such as `host:7000` or `[::1]:7000`. */
export function nodeAddress(text: string): RedisAddress {
  return redisAddressOf({ url: `redis://${text}` })
}

/** Formats an address for operators. */
export function addressText({ host, port }: RedisAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

export function isEncrypted({ url }: RedisSettings): boolean {
  return /^rediss:/i.test(url)
}

/**
 * The options of a client that ends once: ioredis must not reconnect or retry by itself.
 * @throws {WildcastError} `unsupported` if the settings hold an option that would break this
 */
export function redisClientOptions(
  settings: RedisSettings,
  certificates: Certificates,
  address: RedisAddress,
): RedisClientOptions {
  const given = optionsGiven(settings)
  const { connectTimeout = connectTimeoutMs } = given
  const tls = tlsOf(settings, given, certificates)
  return {
    disableClientInfo: true,
    ...given,
    ...address,
    ...credentials(settings),
    ...(tls && { tls }),
    ...sentinels(settings, given, tls),
    connectTimeout,
    connectionName: nameOf(given),
    ...endsOnce,
  }
}

/** The options of a client that subscribes to a sentinel. */
export function sentinelOptions(
  settings: RedisSettings,
  certificates: Certificates,
  address: RedisAddress,
): RedisClientOptions {
  const given = optionsGiven(settings)
  const { family, sentinelUsername, sentinelPassword, sentinelTLS } = {
    ...given,
    ...sentinels(settings, given, tlsOf(settings, given, certificates)),
  }
  return {
    ...address,
    ...(family && { family }),
    ...(sentinelUsername && { username: sentinelUsername }),
    ...(sentinelPassword && { password: sentinelPassword }),
    ...(sentinelTLS && { tls: sentinelTLS }),
    disableClientInfo: true,
    connectTimeout: sentinelTimeoutMs,
    connectionName: nameOf(given),
    ...endsOnce,
  }
}

function nameOf({ connectionName }: RedisOptions): string {
  return connectionName ?? 'wildcast'
}

function tlsOf(settings: RedisSettings, { tls }: RedisOptions, certificates: Certificates): RedisOptions['tls'] {
  return isEncrypted(settings) ? { ...tls, ...certificates } : undefined
}

const endsOnce = {
  lazyConnect: true,
  retryStrategy: null,
  sentinelRetryStrategy: () => null,
  reconnectOnError: null,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  // `openClient` has its own check, which also reports why a server isn't ready.
  enableReadyCheck: false,
  enableAutoPipelining: false,
  stringNumbers: false,
  replyMapping: 'legacy',
} satisfies RedisOptions

function optionsGiven({ options = {}, cluster, prefix = '' }: RedisSettings): RedisOptions {
  if (options.keyPrefix) throw refuse('options.keyPrefix', 'write "prefix" instead')
  if (options.Connector || options.monitor) throw refuse('options', 'leave out "Connector" and "monitor"')
  // After empty braces our keys would have different slots, and no script could use them together.
  if (cluster && prefix.includes('{}'))
    throw refuse('prefix', 'leave out "{}", which has a special meaning on a cluster')
  return options as RedisOptions
}

function credentials(settings: RedisSettings): RedisOptions {
  const url = new URL(settings.url)
  const username = settings.username ?? decode(url.username)
  const password = settings.password ?? decode(url.password)
  const db = settings.db ?? Number(url.pathname.slice(1))
  if (Number.isNaN(db)) throw refuse('url', 'write the number of a database after its host, or nothing')
  return { ...(username && { username }), ...(password && { password }), ...(db && { db }) }
}

function sentinels(
  { sentinels: nodes, sentinelName, sentinelPassword }: RedisSettings,
  given: RedisOptions,
  tls: RedisOptions['tls'],
): RedisOptions {
  if (!nodes || sentinelName === undefined) return {}
  return {
    sentinels: nodes.map(nodeAddress),
    name: sentinelName,
    sentinelCommandTimeout: given.sentinelCommandTimeout ?? sentinelTimeoutMs,
    // A client ends before it could try the sentinels that it learns of.
    updateSentinels: false,
    ...(sentinelPassword && { sentinelPassword }),
    // Sentinels use TLS if their master does, unless the settings differ.
    ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: 'sentinelTLS' in given ? given.sentinelTLS : tls }),
  }
}

/** Removes the brackets that an IPv6 address has in a URL. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a literal "%"
  }
}

function refuse(key: string, remedy: string): WildcastError {
  return new WildcastError('unsupported', `Redis can't be opened with this "${key}"; ${remedy}`)
}
