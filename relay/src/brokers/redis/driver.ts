import type { Features } from '../../core/broker.js'
import type { Clock } from '../../core/clock.js'
import { HistoryRules } from '../../core/history-rules.js'
import { defaultStoreLimits } from '../../stores/limits.js'
import type { BrokerConnection, ConnectionEvents, Driver } from '../foreign/driver.js'
import type { ForeignPorts } from '../foreign/foreign-broker.js'
import type { RedisSettings } from '../settings.js'
import { redisFeatures, replicaReason, type StorageSupport, storageSupportOf } from './capabilities.js'
import type { ClientPair, RedisClient } from './client.js'
import { redisConnectFailure } from './connect-failures.js'
import {
  type ClusterEndpoints,
  clusterEndpointsOf,
  databaseOf,
  type RedisEndpoint,
  redisEndpointOf,
  sentinelEndpointsOf,
} from './endpoints.js'
import { appendScript } from './history/append-script.js'
import { redisKeys } from './keys.js'
import { defaultLeaseTimes, type LeaseTimes } from './leases.js'
import { redisAddressOf, redisClientOptions } from './options.js'
import { RedisConnection, type WatchMaster } from './redis-connection.js'
import type { RedisContext } from './redis-context.js'
import { ruleTexts } from './rule-texts.js'
import { SentinelWatch } from './sentinel-watch.js'
import { isOlder, type ServerInfo } from './server-info.js'
import { ShardedConnection } from './sharded-connection.js'
import { slotOf } from './slots.js'
import { type ValueSupport, valueSupportOf } from './store-support.js'
import { type RedisNative, redisNames } from './subjects.js'
import { markChannels } from './values/mark-channels.js'
import { writeScript } from './values/write-script.js'

/**
 * The driver of one Redis. @throws {WildcastError} `unsupported` if the settings hold an option
 * that it can't support
 */
export function redisDriver(
  settings: RedisSettings,
  ports: ForeignPorts,
  leaseTimes: LeaseTimes = defaultLeaseTimes,
): Driver<RedisNative> {
  redisClientOptions(settings, {}, redisAddressOf(settings)) // throws for an option that is refused
  return new RedisDriver(settings, ports, leaseTimes)
}

class RedisDriver implements Driver<RedisNative> {
  readonly nativeOf: Driver<RedisNative>['nativeOf']
  readonly rules: HistoryRules | undefined
  readonly #settings: RedisSettings
  readonly #clock: Clock
  readonly #context: RedisContext
  #storage: StorageSupport = true
  #values: ValueSupport['can'] = true
  /** Refuses a replica: sentinels lead to a master, or this server was a master before. */
  #expectsMaster: boolean
  #warned = false

  constructor(settings: RedisSettings, { clock, newId }: ForeignPorts, leaseTimes: LeaseTimes) {
    const { prefix = '', sharded = false } = settings
    const cluster = settings.cluster !== undefined
    const names = redisNames({ prefix, sharded })
    const keys = redisKeys({ prefix, cluster })
    this.#settings = settings
    this.#clock = clock
    const marks = markChannels({ prefix, db: databaseOf(settings) })
    const limits = { ...defaultStoreLimits, ...settings.store }
    const rules = new HistoryRules(settings.history ?? [])
    const parts = { prefix, keys, marks, limits }
    const own = {
      id: newId(),
      writeScript: writeScript(parts),
      appendScript: appendScript(parts),
      rules,
      ruleTexts: ruleTexts(rules),
      newestTerm: { text: '' },
      consumers: new Map(),
    }
    this.#context = { prefix, cluster, names, keys, leaseTimes, clock, newId, marks, limits, ...own }
    this.#expectsMaster = settings.sentinels !== undefined && settings.options?.role !== 'slave'
    this.nativeOf = names.nativeOf
    this.rules = rules.list.length > 0 ? rules : undefined
  }

  get features(): Features {
    const sharded = this.#settings.sharded ?? false
    return redisFeatures({ sharded, storage: this.#storage, values: this.#values, hasRules: this.rules !== undefined })
  }

  async connect(events: ConnectionEvents): Promise<BrokerConnection<RedisNative>> {
    return this.#settings.sharded ? this.#connectSharded(events) : this.#connect(events)
  }

  async #connect(events: ConnectionEvents): Promise<BrokerConnection<RedisNative>> {
    const pair = await openPair(await this.#endpoint())
    try {
      const { publisher, listener } = pair
      this.#warnOf(publisher.info)
      const { keys, cluster } = this.#context
      const storage = await publisher.inTime(storageSupportOf(publisher, keys, cluster))
      // After a failover the address may still be that of the old master.
      if (this.#expectsMaster && (storage === replicaReason || listener.info.replica)) throw new Error('READONLY')
      this.#storage = storage
      this.#expectsMaster ||= storage !== replicaReason
      const values = await publisher.inTime(valueSupportOf(pair, storage, this.#context))
      this.#values = values.can
      const watchMaster = await this.#watchMaster(publisher)
      return new RedisConnection(this.#context, { ...pair, storage, values, watchMaster }, events)
    } catch (cause) {
      drop(pair)
      throw redisConnectFailure(cause, pair.publisher.where)
    }
  }

  async #watchMaster({ at }: RedisClient): Promise<WatchMaster | undefined> {
    const { sentinels, sentinelName: name } = this.#settings
    if (!sentinels || name === undefined || !this.#expectsMaster) return undefined
    const endpoints = await sentinelEndpointsOf(this.#settings, this.#clock)
    return (switched) => new SentinelWatch({ name, at, sentinels: endpoints, clock: this.#clock, switched })
  }

  /** One node of a cluster is enough: it has all our keys, and plain channels reach every node. */
  async #endpoint(): Promise<RedisEndpoint> {
    const { cluster } = this.#settings
    if (!cluster) return redisEndpointOf(this.#settings, this.#clock)
    const { ownerOf } = await clusterEndpointsOf(this.#settings, cluster, this.#clock)
    return ownerOf(slotOf(this.#context.keys.registry))
  }

  async #connectSharded(events: ConnectionEvents): Promise<BrokerConnection<RedisNative>> {
    const { cluster } = this.#settings
    const endpoints: ClusterEndpoints = cluster
      ? await clusterEndpointsOf(this.#settings, cluster, this.#clock)
      : singleNode(await redisEndpointOf(this.#settings, this.#clock))
    const pairs = await openAll(endpoints.all)
    return new ShardedConnection(
      {
        names: this.#context.names,
        pairs: [...pairs.values()],
        pairOf: (slot) => pairs.get(endpoints.ownerOf(slot)) as ClientPair,
        clock: this.#clock,
      },
      events,
    )
  }

  #warnOf({ version }: ServerInfo): void {
    if (this.#warned || !isOlder(version, '7.0.9')) return
    this.#warned = true
    process.emitWarning(
      `a pattern with many wildcards can block Redis ${version} (CVE-2022-36021); update it to 7.0.9 or later`,
    )
  }
}

async function openPair(endpoint: RedisEndpoint): Promise<ClientPair> {
  const [publisher, listener] = await Promise.allSettled([endpoint.open('publish'), endpoint.open('subscribe')])
  if (publisher.status === 'fulfilled' && listener.status === 'fulfilled')
    return { publisher: publisher.value, listener: listener.value }
  for (const client of [publisher, listener]) if (client.status === 'fulfilled') client.value.drop()
  throw publisher.status === 'rejected' ? publisher.reason : (listener as PromiseRejectedResult).reason
}

async function openAll(endpoints: readonly RedisEndpoint[]): Promise<Map<RedisEndpoint, ClientPair>> {
  const opened = await Promise.allSettled(
    endpoints.map(async (endpoint) => [endpoint, await openPair(endpoint)] as const),
  )
  const failed = opened.find((pair) => pair.status === 'rejected')
  const pairs = new Map(opened.flatMap((pair) => (pair.status === 'fulfilled' ? [pair.value] : [])))
  if (!failed) return pairs
  for (const pair of pairs.values()) drop(pair)
  throw failed.reason
}

function singleNode(endpoint: RedisEndpoint): ClusterEndpoints {
  return { all: [endpoint], ownerOf: () => endpoint }
}

function drop({ publisher, listener }: ClientPair): void {
  publisher.drop()
  listener.drop()
}
