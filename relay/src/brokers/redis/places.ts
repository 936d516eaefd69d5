import type { Clock } from '../../core/clock.js'
import { type Certificates, readCertificates } from '../foreign/certificates.js'
import type { RedisSettings } from '../settings.js'
import { openClient, type RedisClient } from './client.js'
import { type RedisConnectionName, redisConnectFailure } from './connect-failures.js'
import {
  addressText,
  isEncrypted,
  nodeAddress,
  type RedisAddress,
  type RedisClientOptions,
  redisAddressOf,
  redisClientOptions,
  sentinelOptions,
} from './options.js'

/** What a client is for: an operator sees it in `CLIENT LIST`. */
export type Use = 'publish' | 'subscribe' | 'look' | 'watch'

/** Where a Redis is that clients can be opened to. */
export interface RedisEndpoint {
  /** @throws {WildcastError} `broker_down` */
  open(use: Use): Promise<RedisClient>
}

/** The nodes of a cluster that have slots. */
export interface ClusterPlaces {
  readonly all: readonly RedisEndpoint[]
  /** @throws {WildcastError} `broker_down` where nobody has it */
  ownerOf(slot: number): RedisEndpoint
}

/** The server of the settings: that of the URL, or the master that sentinels know. */
export async function redisEndpointOf(settings: RedisSettings, clock: Clock): Promise<RedisEndpoint> {
  const key = settings.sentinels ? 'sentinels' : 'url'
  return place(settings, redisAddressOf(settings), key, await readCertificates(settings.tls), clock)
}

/** The sentinels of the settings. */
export async function sentinelsOf(settings: RedisSettings, clock: Clock): Promise<RedisEndpoint[]> {
  const certificates = await readCertificates(settings.tls)
  const { sentinels = [] } = settings
  return sentinels.map((text) => {
    const address = nodeAddress(text)
    return opening(sentinelOptions(settings, certificates, address), whereOf(settings, address, 'sentinels'), clock)
  })
}

/** Asks the nodes that the settings name, one after the other, which nodes there are. */
export async function placesOf(
  settings: RedisSettings,
  nodes: readonly string[],
  clock: Clock,
): Promise<ClusterPlaces> {
  const certificates = await readCertificates(settings.tls)
  const at = (address: RedisAddress): RedisEndpoint => place(settings, address, 'cluster', certificates, clock)
  const where = whereOf(settings, nodeAddress(nodes[0] as string), 'cluster')
  let failure: unknown
  for (const address of nodes.map(nodeAddress))
    try {
      return placesBy(await slotsAt(at(address), address), at, where)
    } catch (cause) {
      failure = cause
    }
  throw redisConnectFailure(failure, where)
}

function place(
  settings: RedisSettings,
  address: RedisAddress,
  key: string,
  certificates: Certificates,
  clock: Clock,
): RedisEndpoint {
  return opening(redisClientOptions(settings, certificates, address), whereOf(settings, address, key), clock)
}

function opening(options: RedisClientOptions, where: RedisConnectionName, clock: Clock): RedisEndpoint {
  return {
    open: (use) => openClient({ ...options, connectionName: `${options.connectionName}-${use}` }, where, clock),
  }
}

function whereOf(settings: RedisSettings, address: RedisAddress, key: string): RedisConnectionName {
  const { sentinels, sentinelName, username, db } = settings
  const url = new URL(settings.url)
  return {
    shown: sentinels
      ? `Redis "${sentinelName}" (sentinels ${sentinels.join(', ')})`
      : `Redis at ${addressText(address)}`,
    key,
    encrypted: isEncrypted(settings),
    named: Boolean(username ?? url.username),
    db: db ?? Number(url.pathname.slice(1)),
  }
}

/**
 * From the first to the last slot: a master, and its replicas. A node that does not know its own
 * host leaves it out.
 */
type SlotRange = readonly [first: number, last: number, master: readonly [host: string | null, port: number]]

async function slotsAt(node: RedisEndpoint, { host }: RedisAddress): Promise<[SlotRange, RedisAddress][]> {
  const client = await node.open('look')
  try {
    const ranges = (await client.inTime(client.redis.call('cluster', 'SLOTS'))) as SlotRange[]
    if (ranges.length === 0) throw new Error('CLUSTERDOWN')
    return ranges.map((range) => [range, { host: range[2][0] || host, port: range[2][1] }])
  } finally {
    client.drop()
  }
}

function placesBy(
  ranges: readonly (readonly [SlotRange, RedisAddress])[],
  at: (address: RedisAddress) => RedisEndpoint,
  where: RedisConnectionName,
): ClusterPlaces {
  const places = new Map(ranges.map(([, address]) => [addressText(address), at(address)]))
  return {
    all: [...places.values()],
    ownerOf(slot) {
      const owner = ranges.find(([[first, last]]) => first <= slot && slot <= last)
      if (!owner) throw redisConnectFailure(new Error('CLUSTERDOWN'), where)
      return places.get(addressText(owner[1])) as RedisEndpoint
    },
  }
}
