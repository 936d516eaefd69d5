import type { Clock } from '../../core/clock.js'
import { type Certificates, readCertificates } from '../foreign/certificates.js'
import type { RedisSettings } from '../settings.js'
import { type Client, openClient } from './client.js'
import { connectFailure, type Where } from './connect-failures.js'
import {
  type Address,
  addressOf,
  type ClientOptions,
  clientOptions,
  isEncrypted,
  nodeAddress,
  sentinelOptions,
  shown,
} from './options.js'

/** What a client is for: an operator sees it in `CLIENT LIST`. */
export type Use = 'publish' | 'subscribe' | 'look' | 'watch'

/** Where a Redis is that clients can be opened to. */
export interface Place {
  /** @throws {WildcastError} `broker_down` */
  open(use: Use): Promise<Client>
}

/** The nodes of a cluster that have slots. */
export interface ClusterPlaces {
  readonly all: readonly Place[]
  /** @throws {WildcastError} `broker_down` where nobody has it */
  ownerOf(slot: number): Place
}

/** The server of the settings: that of the URL, or the master that sentinels know. */
export async function placeOf(settings: RedisSettings, clock: Clock): Promise<Place> {
  const key = settings.sentinels ? 'sentinels' : 'url'
  return place(settings, addressOf(settings), key, await readCertificates(settings.tls), clock)
}

/** The sentinels of the settings. */
export async function sentinelsOf(settings: RedisSettings, clock: Clock): Promise<Place[]> {
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
  const at = (address: Address): Place => place(settings, address, 'cluster', certificates, clock)
  const where = whereOf(settings, nodeAddress(nodes[0] as string), 'cluster')
  let failure: unknown
  for (const address of nodes.map(nodeAddress))
    try {
      return placesBy(await slotsAt(at(address), address), at, where)
    } catch (cause) {
      failure = cause
    }
  throw connectFailure(failure, where)
}

function place(
  settings: RedisSettings,
  address: Address,
  key: string,
  certificates: Certificates,
  clock: Clock,
): Place {
  return opening(clientOptions(settings, certificates, address), whereOf(settings, address, key), clock)
}

function opening(options: ClientOptions, where: Where, clock: Clock): Place {
  return {
    open: (use) => openClient({ ...options, connectionName: `${options.connectionName}-${use}` }, where, clock),
  }
}

function whereOf(settings: RedisSettings, address: Address, key: string): Where {
  const { sentinels, sentinelName, username, db } = settings
  const url = new URL(settings.url)
  return {
    shown: sentinels ? `Redis "${sentinelName}" (sentinels ${sentinels.join(', ')})` : `Redis at ${shown(address)}`,
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

async function slotsAt(node: Place, { host }: Address): Promise<[SlotRange, Address][]> {
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
  ranges: readonly (readonly [SlotRange, Address])[],
  at: (address: Address) => Place,
  where: Where,
): ClusterPlaces {
  const places = new Map(ranges.map(([, address]) => [shown(address), at(address)]))
  return {
    all: [...places.values()],
    ownerOf(slot) {
      const owner = ranges.find(([[first, last]]) => first <= slot && slot <= last)
      if (!owner) throw connectFailure(new Error('CLUSTERDOWN'), where)
      return places.get(shown(owner[1])) as Place
    },
  }
}
