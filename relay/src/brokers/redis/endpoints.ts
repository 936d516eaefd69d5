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

/** The purpose of a client. Operators see it in `CLIENT LIST`. */
export type ClientPurpose = 'publish' | 'subscribe' | 'look' | 'watch'

/** A server that clients can be opened to. */
export interface RedisEndpoint {
  /** @throws {WildcastError} `broker_down` */
  open(purpose: ClientPurpose): Promise<RedisClient>
}

/** The nodes of a cluster that have slots. */
export interface ClusterEndpoints {
  readonly all: readonly RedisEndpoint[]
  /** @throws {WildcastError} `broker_down` if no node has it */
  ownerOf(slot: number): RedisEndpoint
}

/** The server of the settings: that of the URL, or the master that the sentinels name. */
export async function redisEndpointOf(settings: RedisSettings, clock: Clock): Promise<RedisEndpoint> {
  const key = settings.sentinels ? 'sentinels' : 'url'
  return endpoint(settings, redisAddressOf(settings), key, await readCertificates(settings.tls), clock)
}

/** The sentinels of the settings. */
export async function sentinelEndpointsOf(settings: RedisSettings, clock: Clock): Promise<RedisEndpoint[]> {
  const certificates = await readCertificates(settings.tls)
  const { sentinels = [] } = settings
  return sentinels.map((text) => {
    const address = nodeAddress(text)
    const options = sentinelOptions(settings, certificates, address)
    return endpointWith(options, nameOf(settings, address, 'sentinels'), clock)
  })
}

/** Reads the slots from the first of the given nodes that answers. */
export async function clusterEndpointsOf(
  settings: RedisSettings,
  nodes: readonly string[],
  clock: Clock,
): Promise<ClusterEndpoints> {
  const certificates = await readCertificates(settings.tls)
  const at = (address: RedisAddress): RedisEndpoint => endpoint(settings, address, 'cluster', certificates, clock)
  const where = nameOf(settings, nodeAddress(nodes[0] as string), 'cluster')
  let failure: unknown
  for (const address of nodes.map(nodeAddress))
    try {
      return endpointsBySlot(await slotsAt(at(address), address), at, where)
    } catch (cause) {
      failure = cause
    }
  throw redisConnectFailure(failure, where)
}

function endpoint(
  settings: RedisSettings,
  address: RedisAddress,
  key: string,
  certificates: Certificates,
  clock: Clock,
): RedisEndpoint {
  return endpointWith(redisClientOptions(settings, certificates, address), nameOf(settings, address, key), clock)
}

function endpointWith(options: RedisClientOptions, where: RedisConnectionName, clock: Clock): RedisEndpoint {
  const open = (purpose: ClientPurpose): Promise<RedisClient> =>
    openClient({ ...options, connectionName: `${options.connectionName}-${purpose}` }, where, clock)
  return { open }
}

function nameOf(settings: RedisSettings, address: RedisAddress, key: string): RedisConnectionName {
  const { sentinels, sentinelName, username } = settings
  const url = new URL(settings.url)
  return {
    shown: sentinels
      ? `Redis "${sentinelName}" (sentinels ${sentinels.join(', ')})`
      : `Redis at ${addressText(address)}`,
    key,
    encrypted: isEncrypted(settings),
    named: Boolean(username ?? url.username),
    db: databaseOf(settings),
  }
}

/** Returns the number of the database. */
export function databaseOf({ url, db }: RedisSettings): number {
  return db ?? Number(new URL(url).pathname.slice(1))
}

/** A range of slots and its master; replicas follow. A node may omit its own host. */
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

function endpointsBySlot(
  ranges: readonly (readonly [SlotRange, RedisAddress])[],
  at: (address: RedisAddress) => RedisEndpoint,
  where: RedisConnectionName,
): ClusterEndpoints {
  const endpoints = new Map(ranges.map(([, address]) => [addressText(address), at(address)]))
  return {
    all: [...endpoints.values()],
    ownerOf(slot) {
      const owner = ranges.find(([[first, last]]) => first <= slot && slot <= last)
      if (!owner) throw redisConnectFailure(new Error('CLUSTERDOWN'), where)
      return endpoints.get(addressText(owner[1])) as RedisEndpoint
    },
  }
}
