import type { Features } from '../../core/broker.js'
import type { Clock } from '../../core/clock.js'
import type { BrokerConnection, ConnectionEvents, Driver } from '../foreign/driver.js'
import type { ForeignPorts } from '../foreign/foreign-broker.js'
import type { RedisSettings } from '../settings.js'
import type { RedisClient } from './client.js'
import { redisConnectFailure } from './connect-failures.js'
import { type ConnectionParts, RedisConnection, type RedisContext } from './connection.js'
import { type Keeps, redisFeatures } from './features.js'
import { keepsOf } from './keeps.js'
import { redisKeys } from './keys.js'
import { redisAddressOf, redisClientOptions } from './options.js'
import { type ClusterPlaces, placesOf, type RedisEndpoint, redisEndpointOf, sentinelsOf } from './places.js'
import { replica } from './role.js'
import { SentinelWatch } from './sentinel-watch.js'
import { isOlder, type ServerInfo } from './server-info.js'
import { type Pair, ShardedConnection } from './sharded-connection.js'
import { slotOf } from './slots.js'
import { type RedisNative, redisNames } from './subjects.js'
import { type Terms, usualTerms } from './terms.js'

/** Speaks to one Redis. @throws {WildcastError} `unsupported` where its settings can't be kept */
export function redisDriver(
  settings: RedisSettings,
  ports: ForeignPorts,
  terms: Terms = usualTerms,
): Driver<RedisNative> {
  redisClientOptions(settings, {}, redisAddressOf(settings)) // refuses what it can't take
  return new RedisDriver(settings, ports, terms)
}

class RedisDriver implements Driver<RedisNative> {
  readonly nativeOf: Driver<RedisNative>['nativeOf']
  readonly #settings: RedisSettings
  readonly #clock: Clock
  readonly #relay: RedisContext
  #keeps: Keeps = true
  /**
   * A replica is none of those that we look for: sentinels lead to a master, and it was one before.
   */
  #expectsMaster: boolean
  #warned = false

  constructor(settings: RedisSettings, { clock, newId }: ForeignPorts, terms: Terms) {
    const { prefix = '', sharded = false } = settings
    const cluster = settings.cluster !== undefined
    const names = redisNames({ prefix, sharded })
    const keys = redisKeys({ prefix, cluster })
    this.#settings = settings
    this.#clock = clock
    this.#relay = { id: newId(), prefix, cluster, names, keys, terms, clock, newId, members: new Map() }
    this.#expectsMaster = settings.sentinels !== undefined && settings.options?.role !== 'slave'
    this.nativeOf = names.nativeOf
  }

  get features(): Features {
    return redisFeatures({ sharded: this.#settings.sharded ?? false, keeps: this.#keeps })
  }

  async connect(events: ConnectionEvents): Promise<BrokerConnection<RedisNative>> {
    return this.#settings.sharded ? this.#connectSharded(events) : this.#connect(events)
  }

  async #connect(events: ConnectionEvents): Promise<BrokerConnection<RedisNative>> {
    const pair = await openPair(await this.#place())
    try {
      const { publisher, listener } = pair
      this.#warnOf(publisher.info)
      const keeps = await publisher.inTime(keepsOf(publisher, this.#relay.keys, this.#relay.cluster))
      // Who was led to a master is not led to the new one yet.
      if (this.#expectsMaster && (keeps === replica || listener.info.replica)) throw new Error('READONLY')
      this.#keeps = keeps
      this.#expectsMaster ||= keeps !== replica
      const watch = await this.#watch(publisher)
      return new RedisConnection(this.#relay, { ...pair, keeps, watch }, events)
    } catch (cause) {
      drop(pair)
      throw redisConnectFailure(cause, pair.publisher.where)
    }
  }

  async #watch({ at }: RedisClient): Promise<ConnectionParts['watch']> {
    const { sentinels, sentinelName: name } = this.#settings
    if (!sentinels || name === undefined || !this.#expectsMaster) return undefined
    const places = await sentinelsOf(this.#settings, this.#clock)
    return (switched) => new SentinelWatch({ name, at, sentinels: places, clock: this.#clock, switched })
  }

  /**
   * On a cluster all keys of ours lie on one node. Plain channels reach every node, so one is
   * enough for them, too.
   */
  async #place(): Promise<RedisEndpoint> {
    const { cluster } = this.#settings
    if (!cluster) return redisEndpointOf(this.#settings, this.#clock)
    const { ownerOf } = await placesOf(this.#settings, cluster, this.#clock)
    return ownerOf(slotOf(this.#relay.keys.registry))
  }

  async #connectSharded(events: ConnectionEvents): Promise<BrokerConnection<RedisNative>> {
    const { cluster } = this.#settings
    const places: ClusterPlaces = cluster
      ? await placesOf(this.#settings, cluster, this.#clock)
      : everywhere(await redisEndpointOf(this.#settings, this.#clock))
    const pairs = await openAll(places.all)
    return new ShardedConnection(
      {
        names: this.#relay.names,
        pairs: [...pairs.values()],
        pairOf: (slot) => pairs.get(places.ownerOf(slot)) as Pair,
        clock: this.#clock,
      },
      events,
    )
  }

  #warnOf({ version }: ServerInfo): void {
    if (this.#warned || !isOlder(version, '7.0.9')) return
    this.#warned = true
    process.emitWarning(
      `Redis ${version} can be kept busy by a pattern with many wildcards (CVE-2022-36021); update it to 7.0.9 or later`,
    )
  }
}

async function openPair(place: RedisEndpoint): Promise<Pair> {
  const [publisher, listener] = await Promise.allSettled([place.open('publish'), place.open('subscribe')])
  if (publisher.status === 'fulfilled' && listener.status === 'fulfilled')
    return { publisher: publisher.value, listener: listener.value }
  for (const client of [publisher, listener]) if (client.status === 'fulfilled') client.value.drop()
  throw publisher.status === 'rejected' ? publisher.reason : (listener as PromiseRejectedResult).reason
}

async function openAll(places: readonly RedisEndpoint[]): Promise<Map<RedisEndpoint, Pair>> {
  const opened = await Promise.allSettled(places.map(async (place) => [place, await openPair(place)] as const))
  const failed = opened.find((pair) => pair.status === 'rejected')
  const pairs = new Map(opened.flatMap((pair) => (pair.status === 'fulfilled' ? [pair.value] : [])))
  if (!failed) return pairs
  for (const pair of pairs.values()) drop(pair)
  throw failed.reason
}

function everywhere(place: RedisEndpoint): ClusterPlaces {
  return { all: [place], ownerOf: () => place }
}

function drop({ publisher, listener }: Pair): void {
  publisher.drop()
  listener.drop()
}
