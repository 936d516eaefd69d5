import { WildcastError } from '@wildcast/protocol'
import type { RedisOptions } from 'ioredis'
import type { Certificates } from '../foreign/certificates.js'
import type { RedisSettings } from '../settings.js'

/** Where a Redis, a node of a cluster, or a sentinel is. */
export interface RedisAddress {
  readonly host: string
  readonly port: number
}

/** What a client of ioredis is opened with. */
export type RedisClientOptions = RedisOptions & {
  readonly replyMapping: 'legacy'
  readonly connectTimeout: number
  /** How an operator sees it in `CLIENT LIST`. */
  readonly connectionName: string
}

const defaultPort = 6379

const connectTimeoutMs = 5000
/** One that is silent must leave time to ask the others. */
const sentinelTimeoutMs = 1000

/** For how long a server may take to be ready, sentinels included that lead to it. */
export function patienceMs({ connectTimeout, sentinels, sentinelCommandTimeout = 0 }: RedisClientOptions): number {
  return connectTimeout + (sentinels?.length ?? 0) * sentinelCommandTimeout
}

/** The address of the URL. */
export function redisAddressOf({ url }: RedisSettings): RedisAddress {
  const { hostname, port } = new URL(url)
  return { host: bare(hostname), port: Number(port) || defaultPort }
}

/** Of a text such as `host:7000` or `[::1]:7000`. */
export function nodeAddress(text: string): RedisAddress {
  return redisAddressOf({ url: `redis://${text}` })
}

/** As an operator knows it: without credentials. */
export function addressText({ host, port }: RedisAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

export function isEncrypted({ url }: RedisSettings): boolean {
  return /^rediss:/i.test(url)
}

/**
 * What a client of ioredis is opened with: it ends once and repairs nothing by itself.
 * @throws {WildcastError} `unsupported` where the settings hand it an option that would break this
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

/** What a client is opened with that listens to a sentinel. */
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
  // Ours looks at more, and says why it is not ready.
  enableReadyCheck: false,
  enableAutoPipelining: false,
  stringNumbers: false,
  replyMapping: 'legacy',
} satisfies RedisOptions

function optionsGiven({ options = {}, cluster, prefix = '' }: RedisSettings): RedisOptions {
  if (options.keyPrefix) throw refuse('options.keyPrefix', 'write "prefix" instead')
  if (options.Connector || options.monitor) throw refuse('options', 'leave out "Connector" and "monitor"')
  // Keys that share no slot can't be looked at together.
  if (cluster && prefix.includes('{}'))
    throw refuse('prefix', 'leave out "{}", which has a meaning of its own on a cluster')
  return options as RedisOptions
}

function credentials(settings: RedisSettings): RedisOptions {
  const url = new URL(settings.url)
  const username = settings.username ?? decode(url.username)
  const password = settings.password ?? decode(url.password)
  const db = settings.db ?? Number(url.pathname.slice(1))
  if (Number.isNaN(db)) throw refuse('url', 'what stands behind its host is the number of a database')
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
    // Nobody lives long enough to ask those that it learns of.
    updateSentinels: false,
    ...(sentinelPassword && { sentinelPassword }),
    // Sentinels speak as their master does, unless the settings say otherwise.
    ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: 'sentinelTLS' in given ? given.sentinelTLS : tls }),
  }
}

/** An address of IPv6 has brackets in URLs only. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a "%" that was meant as such
  }
}

function refuse(key: string, remedy: string): WildcastError {
  return new WildcastError('unsupported', `Redis can't be opened with this "${key}"; ${remedy}`)
}
