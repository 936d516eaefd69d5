import { redisEndpointOf } from '../../brokers/redis/endpoints.js'
import { isRefusal } from '../../brokers/redis/failures.js'
import type { RedisSettings } from '../../brokers/settings.js'
import type { Clock } from '../../core/clock.js'
import { checkClock } from './check-clock.js'
import { type Finding, noted, ok, warning } from './finding.js'

/** Asks a Redis for its version, its clock, and whether it keeps its data. */
export async function askRedis(name: string, settings: RedisSettings, clock: Clock): Promise<readonly Finding[]> {
  const client = await (await redisEndpointOf(settings, clock)).open('look')
  const { redis } = client
  try {
    const text = await client.inTime(redis.info()).catch(refused)
    if (text === undefined) return [noted('brokers', `broker "${name}" is Redis, whose user may not run INFO`)]
    const info = factsOf(text)
    const asked = clock.wall()
    const [seconds, micros] = await client.inTime(redis.time())
    const time = Number(seconds) * 1000 + Number(micros) / 1000
    const skew = checkClock({ name: `broker "${name}"`, time, asked, answered: clock.wall(), exactMs: 1 })
    const save = await client.inTime(redis.config('GET', 'save')).then(savedBy, () => undefined)
    return [
      ok('brokers', `broker "${name}" is Redis ${info.get('redis_version')}`),
      ...persistence(name, info.get('aof_enabled') === '1', { save, history: settings.history?.length ?? 0 }),
      ...eviction(name, info.get('maxmemory') ?? '0', info.get('maxmemory_policy') ?? ''),
      skew,
    ]
  } finally {
    client.drop()
  }
}

function refused(cause: unknown): undefined {
  if (!isRefusal(cause, 'NOPERM')) throw cause
}

function factsOf(text: string): ReadonlyMap<string, string> {
  return new Map(text.split('\r\n').map((line) => [line.split(':', 1)[0] ?? '', line.slice(line.indexOf(':') + 1)]))
}

/** The value in the answer to `CONFIG GET`. */
function savedBy(reply: unknown): string {
  return Array.isArray(reply) ? String(reply[1] ?? '') : ''
}

interface Kept {
  /** When it saves snapshots; undefined if the user may not read it. */
  readonly save: string | undefined
  /** Rules of kept messages. */
  readonly history: number
}

function persistence(name: string, appends: boolean, { save, history }: Kept): readonly Finding[] {
  if (appends) return [ok('brokers', `broker "${name}" writes values and kept messages to disk (appendonly)`)]
  const remedy = 'set "appendonly yes" in redis.conf'
  if (save === '') {
    const message = `broker "${name}" saves nothing to disk: its values and kept messages end with it`
    return [history > 0 ? warning('brokers', message, remedy) : noted('brokers', message, remedy)]
  }
  return [noted('brokers', `broker "${name}" saves snapshots only: a crash loses what is newer`, remedy)]
}

function eviction(name: string, most: string, policy: string): readonly Finding[] {
  if (most === '0')
    return [noted('brokers', `broker "${name}" has no "maxmemory"`, 'set it below the memory of its machine')]
  if (policy === 'noeviction') return [ok('brokers', `broker "${name}" drops no keys (maxmemory-policy noeviction)`)]
  const message = `broker "${name}" drops keys when its memory is full (maxmemory-policy ${policy})`
  return [warning('brokers', message, 'set "maxmemory-policy noeviction"; with allkeys-… it keeps no values')]
}
