import type { Socket } from 'node:net'
import { Redis } from 'ioredis'
import type { Clock } from '../../core/clock.js'
import { within } from '../../core/within.js'
import { readInTurns } from '../foreign/read-in-turns.js'
import { type RedisConnectionName, redisConnectFailure, redisLossOf } from './connect-failures.js'
import { commandFailure, isRefusal } from './failures.js'
import { patienceMs, type RedisAddress, type RedisClientOptions } from './options.js'
import { type ServerInfo, serverInfo, unknownServer } from './server-info.js'

/** One connection to one server. It ends once. */
export interface RedisClient {
  readonly redis: Redis
  readonly info: ServerInfo
  readonly where: RedisConnectionName
  /** The address that the socket is connected to, which a sentinel may have given. */
  readonly at: RedisAddress
  /** Resolves with the reason when it has ended, from either side. */
  readonly ended: Promise<Error>
  /** Rejects if a reply takes longer than a server may need to be ready. */
  inTime<Reply>(reply: Promise<Reply>): Promise<Reply>
  /** Ends it at once. */
  drop(): void
}

/** The two clients of one server. */
export interface ClientPair {
  readonly publisher: RedisClient
  /** Subscribes. */
  readonly listener: RedisClient
}

/** How long a connection that is closed waits for its replies. */
const flushMs = 2000

/** @throws {WildcastError} `broker_down`, with the reason and the remedy */
export async function openClient(
  options: RedisClientOptions,
  where: RedisConnectionName,
  clock: Clock,
): Promise<RedisClient> {
  // A server that refuses the first command replies and hangs up. If a second command were sent,
  // the reply could be lost: ioredis waits for all replies, and the kernel discards unread bytes
  // when more is sent to a closed socket.
  const { connectionName, db, ...first } = options
  const redis = new Redis(first)
  // ioredis emits the reason as an event. Its rejection only states that there is no connection.
  let reason: unknown
  redis.on('error', (error) => {
    reason ??= error
  })
  const ended = new Promise<Error>((resolve) => {
    redis.once('end', () => resolve(redisLossOf(reason, where)))
  })
  const drop = (): void => redis.disconnect()
  const inTime = <Reply>(reply: Promise<Reply>): Promise<Reply> => before(patienceMs(options), reply, clock)
  try {
    const info = await inTime(introduce(redis, connectionName, db))
    readInTurns(redis.stream, clock)
    return { redis, info, where, at: remoteAddressOf(redis.stream), ended, inTime, drop }
  } catch (cause) {
    drop()
    throw redisConnectFailure(reason ?? cause, where)
  }
}

async function introduce(redis: Redis, name: string, db: number | undefined): Promise<ServerInfo> {
  await redis.connect()
  const named = redis.client('SETNAME', name).catch(() => {}) // for operators only
  const [info] = await Promise.all([infoOf(redis), db && redis.select(db), named])
  if (info.loading) throw new Error('LOADING')
  return info
}

async function infoOf(redis: Redis): Promise<ServerInfo> {
  try {
    return serverInfo(await redis.info())
  } catch (cause) {
    if (isRefusal(cause, 'NOPERM')) return unknownServer
    throw cause
  }
}

function remoteAddressOf({ remoteAddress = '', remotePort = 0 }: Partial<Socket>): RedisAddress {
  return { host: remoteAddress.replace(/^::ffff:/, ''), port: remotePort }
}

/** Rejects after `ms`: ioredis waits without end for a server that accepts and stays silent. */
function before<Reply>(ms: number, reply: Promise<Reply>, clock: Clock): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const stopClock = clock.after(ms, () => reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })))
    reply.then(resolve, reject).finally(stopClock)
  })
}

/**
 * Resolves when all have replied, with `more`. A refusal counts as a reply. @throws {WildcastError}
 * `broker_down`
 */
export async function pingAll(clients: readonly RedisClient[], more: readonly Promise<unknown>[] = []): Promise<void> {
  const replies = [...clients.map(({ redis }) => redis.ping()), ...more].map((reply) =>
    reply.catch((cause: unknown) => {
      const error = commandFailure(cause)
      if (error.code === 'broker_down') throw error
    }),
  )
  await Promise.all(replies)
}

/**
 * Resolves when all that was sent has its reply, the last commands too, or after `flushMs`. Never
 * rejects.
 */
export function flush(
  clients: readonly RedisClient[],
  lastCommands: readonly Promise<void>[],
  clock: Clock,
): Promise<void> {
  // Replies come in order, so that of the ping comes last.
  return within(flushMs, Promise.allSettled([...lastCommands, pingAll(clients)]), clock)
}
