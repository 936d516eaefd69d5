import type { Clock } from '../../core/clock.js'
import type { RedisClient } from './client.js'
import { commandFailure } from './failures.js'

/** For this long a connection that is closed waits until what was said is through. */
const flushMs = 2000

/**
 * Whoever answers is alive, also where it refuses for now. @throws {WildcastError} `broker_down`
 */
export async function signOfLife(
  clients: readonly RedisClient[],
  more: readonly Promise<unknown>[] = [],
): Promise<void> {
  const answers = [...clients.map(({ redis }) => redis.ping()), ...more].map((answer) =>
    answer.catch((cause: unknown) => {
      const error = commandFailure(cause)
      if (error.code === 'broker_down') throw error
    }),
  )
  await Promise.all(answers)
}

/**
 * Resolves when all that was said is through, and the last words, or when it has taken too long.
 * Never rejects.
 */
export function flush(
  clients: readonly RedisClient[],
  lastWords: readonly Promise<void>[],
  clock: Clock,
): Promise<void> {
  return new Promise((resolve) => {
    const stopClock = clock.after(flushMs, resolve)
    // The answer to what was said last comes last.
    void Promise.allSettled([...lastWords, signOfLife(clients)]).then(() => {
      stopClock()
      resolve()
    })
  })
}
