import { type BrokerMessage, parseSubject, WildcastError } from '@wildcast/protocol'
import { Redis as Ioredis } from 'ioredis'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { GrownLogs } from '../../src/brokers/redis/grown-logs.js'
import { appendScript } from '../../src/brokers/redis/history/append-script.js'
import { RedisHistory } from '../../src/brokers/redis/history/redis-history.js'
import { redisKeys } from '../../src/brokers/redis/keys.js'
import { ruleTexts } from '../../src/brokers/redis/rule-texts.js'
import { Scripts } from '../../src/brokers/redis/scripts.js'
import { redisNames } from '../../src/brokers/redis/subjects.js'
import { Subscriber } from '../../src/brokers/redis/subscriber.js'
import { Echoes } from '../../src/brokers/redis/values/echoes.js'
import { markChannels } from '../../src/brokers/redis/values/mark-channels.js'
import { RedisValues } from '../../src/brokers/redis/values/redis-values.js'
import { StoreScripts } from '../../src/brokers/redis/values/store-scripts.js'
import { Terms } from '../../src/brokers/redis/values/terms.js'
import { writeScript } from '../../src/brokers/redis/values/write-script.js'
import { realClock } from '../../src/core/clock.js'
import { HistoryRules } from '../../src/core/history-rules.js'
import { defaultStoreLimits } from '../../src/stores/limits.js'
import { rule } from '../../src/testing/history-under-test.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Redis, startRedis } from '../servers/redis.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { emptied } from './redis-store.js'

// Two clients as a relay has them, of which a test can hold the one that subscribes.

let server: Redis

beforeAll(async () => {
  server = await startRedis()
  return server.stop
})

function clientAt(port: number): Ioredis {
  const client = new Ioredis(port, '127.0.0.1')
  onTestFinished(() => client.disconnect())
  return client
}

async function opened() {
  await emptied(server)
  const proxy = endsWithTest(await openProxy(server.port))
  const [publishing, subscribing] = [clientAt(server.port), clientAt(proxy.port)]
  const [prefix, limits, echo] = ['', defaultStoreLimits, '_echo.x']
  const [keys, marks, scripts] = [
    redisKeys({ prefix, cluster: false }),
    markChannels({ prefix, db: 0 }),
    new Scripts(publishing),
  ]
  await subscribing.subscribe(echo)
  const subscriber = new Subscriber({ redis: subscribing, marks, notText: () => {} })
  const echoes = new Echoes({ channel: echo, registry: keys.registry, scripts, subscriber })
  const failed = (cause: unknown): WildcastError => WildcastError.from(cause)
  const terms = new Terms({ text: '' }, '')
  const rules = new HistoryRules([rule('kept')])
  const parts = { prefix, keys, marks, limits }
  const shared = {
    ...{ prefix, echo, rules, ruleTexts: ruleTexts(rules), names: redisNames({ prefix, sharded: false }) },
    ...{ writeScript: writeScript(parts), appendScript: appendScript(parts), grown: new GrownLogs(), clock: realClock },
    store: new StoreScripts({ keys, limits, scripts, run: 'run', terms, echoes, cork: () => {}, failed }),
  }
  const [values, history] = [new RedisValues(shared), new RedisHistory(shared)]
  const log: string[] = []
  await subscriber.subject('key', () => log.push('delivered')).confirmed
  await subscriber.subject('kept', () => log.push('kept delivered')).confirmed
  const message: BrokerMessage = { subject: parseSubject('key'), payload: 'x' }
  const logged = (name: string, call: Promise<unknown>): Promise<unknown> =>
    call.then(
      () => log.push(name),
      (cause) => log.push(`${name}: ${WildcastError.from(cause).code}`),
    )
  return {
    ...{ proxy, publishing, echoes, log },
    write: () => logged('written', values.write({ message })),
    append: () => logged('kept', history.append({ ...message, subject: parseSubject('kept') })),
    mark: () => logged('marked', values.mark()),
  }
}

it('delivers a change, and a kept message, before it acknowledges them, and before a later mark', async () => {
  const { proxy, publishing, log, write, append, mark } = await opened()
  proxy.stall()
  const calls = [write(), append(), mark()]
  await publishing.ping()
  expect(await publishing.exists('wildcast:values')).toBe(1)
  expect(log).toEqual([])
  proxy.flow()
  await Promise.all(calls)
  expect(log.slice(0, 2)).toEqual(['delivered', 'kept delivered'])
  expect(log.slice(2).sort()).toEqual(['kept', 'marked', 'written'])
})

it('acknowledges a change that Redis has acknowledged, if the connection ends before it was delivered', async () => {
  const { proxy, publishing, echoes, log, write, append, mark } = await opened()
  proxy.stall()
  const calls = [write(), append(), mark()]
  await publishing.ping()
  echoes.end()
  await Promise.all([...calls, mark()])
  expect(log.sort()).toEqual(['kept', 'marked: broker_down', 'marked: broker_down', 'written'])
})
