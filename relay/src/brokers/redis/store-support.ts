import type { Redis } from 'ioredis'
import type { StorageSupport } from './capabilities.js'
import type { ClientPair } from './client.js'
import { isRefusal } from './failures.js'
import { globText } from './glob.js'
import { historyPageScript, stateScript } from './history/read-scripts.js'
import { dueHistoryScript, forgetScript, openHistoryScript } from './history/upkeep-scripts.js'
import { relayChannels } from './keys.js'
import type { RedisContext } from './redis-context.js'
import { Scripts } from './scripts.js'
import { echoScript } from './values/echoes.js'
import type { MarkChannels } from './values/mark-channels.js'
import { pageScript, readScript } from './values/read-scripts.js'
import { dueScript, openScript, renewLeaseScript } from './values/upkeep-scripts.js'

/** Whether relays can keep values at a Redis, as one connection has found it. */
export interface ValueSupport {
  /** True, or the reason why not. */
  readonly can: true | string
  /** The present term of its values, empty without values. */
  readonly term: string
  /** The echo channel of the connection, to which its listener is subscribed already. */
  readonly echo: string
}

export const clusterReason = 'on a cluster values are not supported yet; use one server'
const unknownReason = "the relay's user at Redis may not run INFO, which names the run of the server; look at its ACL"

function forbiddenReason({ all }: MarkChannels): string {
  return `the relay's user at Redis needs the keys and channels of values, such as "&${globText(all)}"; look at its ACL`
}

const scripts = [readScript, pageScript, dueScript, openScript, renewLeaseScript, echoScript]
const historyScripts = [historyPageScript, stateScript, dueHistoryScript, forgetScript, openHistoryScript]

/** Finds out whether relays can keep values at a Redis. Caches our scripts there if they can. */
export async function valueSupportOf(
  { publisher, listener }: ClientPair,
  storage: StorageSupport,
  { prefix, cluster, keys, marks, writeScript, appendScript, newestTerm, newId, ruleTexts }: RedisContext,
): Promise<ValueSupport> {
  const { runId, evicts } = publisher.info
  const echo = `${prefix}${relayChannels.echo}${newId()}`
  const no = (can: string): ValueSupport => ({ can, term: '', echo })
  if (storage !== true) return no(storage)
  if (cluster) return no(clusterReason)
  if (runId === '') return no(unknownReason)
  if (evicts) return no(`the server drops keys when its memory is full ("${evicts}"); set its policy to noeviction`)
  try {
    const own = new Scripts(publisher.redis)
    const all = [...scripts, ...historyScripts, writeScript, appendScript]
    await Promise.all([own.load(all), subscribeTo(listener.redis, globText(marks.all), echo)])
    const [term] = await Promise.all([
      own.run(openScript, [keys.values], [`${runId} ${newestTerm.text}`, ruleTexts.list === '' ? '' : 1]),
      own.run(openHistoryScript, [keys.values, keys.history], [ruleTexts.list, newestTerm.text]),
      own.run(echoScript, [keys.registry], [echo, '']),
    ])
    return { can: true, term: String(term), echo }
  } catch (cause) {
    if (isRefusal(cause, 'NOPERM')) return no(forbiddenReason(marks))
    throw cause
  }
}

async function subscribeTo(redis: Redis, glob: string, echo: string): Promise<void> {
  await Promise.all([redis.subscribe(echo), redis.psubscribe(glob)])
  await redis.punsubscribe(glob)
}
