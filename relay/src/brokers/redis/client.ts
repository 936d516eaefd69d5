import { Redis } from 'ioredis'
import type { Clock } from '../../core/clock.js'
import { connectFailure, isRefusal, lossOf, type Where } from './failures.js'
import { type ClientOptions, connectTimeoutMs } from './options.js'
import { type ServerInfo, serverInfo, unknownServer } from './server-info.js'

/** One link to one server. It ends once. */
export interface Client {
  readonly redis: Redis
  readonly info: ServerInfo
  readonly where: Where
  /** Resolves with the reason when it has ended, whoever has ended it. */
  readonly ended: Promise<Error>
  /** Ends it at once. */
  drop(): void
}

/** @throws {WildcastError} `broker_down`, with the reason and the remedy */
export async function openClient(options: ClientOptions, where: Where, clock: Clock): Promise<Client> {
  const redis = new Redis(options)
  // The library tells why in an event, and only that there is no connection in its answer.
  let reason: unknown
  redis.on('error', (error) => {
    reason ??= error
  })
  const ended = new Promise<Error>((resolve) => {
    redis.once('end', () => resolve(lossOf(reason, where)))
  })
  const drop = (): void => redis.disconnect()
  try {
    await inTime(redis.connect(), clock)
    // For instance that there is no such database: the library would go on in another one.
    if (reason) throw reason
    const info = await inTime(infoOf(redis), clock)
    if (info.loading) throw new Error('LOADING')
    return { redis, info, where, ended, drop }
  } catch (cause) {
    drop()
    throw connectFailure(reason ?? cause, where)
  }
}

async function infoOf(redis: Redis): Promise<ServerInfo> {
  try {
    return serverInfo(await redis.info())
  } catch (cause) {
    if (isRefusal(cause, 'NOPERM')) return unknownServer
    throw cause
  }
}

/** A server may take a connection and say nothing, which the library waits for without end. */
function inTime<Result>(result: Promise<Result>, clock: Clock): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stopClock = clock.after(connectTimeoutMs, () =>
      reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
    )
    result.then(resolve, reject).finally(stopClock)
  })
}
