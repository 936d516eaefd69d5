import type { Socket } from 'node:net'
import { Redis } from 'ioredis'
import type { Clock } from '../../core/clock.js'
import { readInTurns } from '../foreign/read-in-turns.js'
import { type RedisConnectionName, redisConnectFailure, redisLossOf } from './connect-failures.js'
import { isRefusal } from './failures.js'
import { patienceMs, type RedisAddress, type RedisClientOptions } from './options.js'
import { type ServerInfo, serverInfo, unknownServer } from './server-info.js'

/** One link to one server. It ends once. */
export interface RedisClient {
  readonly redis: Redis
  readonly info: ServerInfo
  readonly where: RedisConnectionName
  /** Where it has come to, also where somebody has led it there. */
  readonly at: RedisAddress
  /** Resolves with the reason when it has ended, whoever has ended it. */
  readonly ended: Promise<Error>
  /** An answer that belongs to its opening: in the time that a server may take to be ready. */
  inTime<Answer>(answer: Promise<Answer>): Promise<Answer>
  /** Ends it at once. */
  drop(): void
}

/** @throws {WildcastError} `broker_down`, with the reason and the remedy */
export async function openClient(
  options: RedisClientOptions,
  where: RedisConnectionName,
  clock: Clock,
): Promise<RedisClient> {
  // Who refuses hangs up after the answer to the first command. Were there another, that answer
  // could be lost: the library waits for all of them, and the kernel throws away what was not read
  // when more comes for a socket that is closed.
  const { connectionName, db, ...first } = options
  const redis = new Redis(first)
  // The library tells why in an event, and only that there is no connection in its answer.
  let reason: unknown
  redis.on('error', (error) => {
    reason ??= error
  })
  const ended = new Promise<Error>((resolve) => {
    redis.once('end', () => resolve(redisLossOf(reason, where)))
  })
  const drop = (): void => redis.disconnect()
  const inTime = <Answer>(answer: Promise<Answer>): Promise<Answer> => before(patienceMs(options), answer, clock)
  try {
    const info = await inTime(introduce(redis, connectionName, db))
    readInTurns(redis.stream, clock)
    return { redis, info, where, at: otherEnd(redis.stream), ended, inTime, drop }
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

function otherEnd({ remoteAddress = '', remotePort = 0 }: Partial<Socket>): RedisAddress {
  return { host: remoteAddress.replace(/^::ffff:/, ''), port: remotePort }
}

/** A server may take a connection and say nothing, which the library waits for without end. */
function before<Answer>(ms: number, answer: Promise<Answer>, clock: Clock): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stopClock = clock.after(ms, () => reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })))
    answer.then(resolve, reject).finally(stopClock)
  })
}
