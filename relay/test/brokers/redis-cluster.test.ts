import { beforeAll, describe, expect, it } from 'vitest'
import { slotOf } from '../../src/brokers/redis/slots.js'
import type { RedisSettings } from '../../src/brokers/settings.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { freePort } from '../servers/free-port.js'
import { type Redis, startRedis } from '../servers/redis.js'
import { redisCli, redisSubscriber } from '../servers/redis-cli.js'
import { type RedisCluster, startRedisCluster } from '../servers/redis-cluster.js'
import { text } from './link.js'
import { listen, open, publish, request, serve, silentPort, subject } from './redis-link.js'

let cluster: RedisCluster
let nodes: readonly [Redis, Redis, Redis]
beforeAll(async () => {
  cluster = await startRedisCluster()
  nodes = cluster.nodes as [Redis, Redis, Redis]
  return cluster.stop
})

const addressOf = ({ port }: Redis): string => `127.0.0.1:${port}`
const settings = (more: Partial<RedisSettings> = {}): RedisSettings => ({
  url: nodes[0].url,
  cluster: nodes.map(addressOf),
  ...more,
})

/** The node that has the slot of a key or of a sharded channel. */
const nodeOf = (key: string): Redis => nodes[Math.floor((slotOf(key) * 3) / 16_384)] as Redis

/** Channel names, one for each node. */
const spread = (begin: string): string[] =>
  nodes.map((node) => {
    let i = 0
    while (nodeOf(`${begin}${i}`) !== node) i++
    return `${begin}${i}`
  })

const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`)

/** Moves a slot and its keys to another node. */
async function migrate(slot: number, from: Redis, to: Redis): Promise<void> {
  const cli = ({ url }: Redis, ...words: string[]): Promise<string> => redisCli(url, ['CLUSTER', ...words])
  const ids = await Promise.all([from, to].map((node) => cli(node, 'MYID')))
  await cli(to, 'SETSLOT', `${slot}`, 'IMPORTING', ids[0] as string)
  await cli(from, 'SETSLOT', `${slot}`, 'MIGRATING', ids[1] as string)
  const keys = (await cli(from, 'GETKEYSINSLOT', `${slot}`, '1000')).split('\n').filter(Boolean)
  if (keys.length > 0)
    await redisCli(from.url, ['MIGRATE', '127.0.0.1', `${to.port}`, '', '0', '10000', 'KEYS', ...keys])
  // Once to each node: a node that is given a slot that it has ends the subscriptions of that slot.
  for (const node of new Set([to, from, ...nodes])) await cli(node, 'SETSLOT', `${slot}`, 'NODE', ids[1] as string)
}

describe('a cluster (SP-BRK-11)', () => {
  it('carries messages from and to foreign clients at every node', async () => {
    const { broker, statuses } = await open(settings())
    const inbox = await listen(broker, 'good.*')
    const subscribers = await Promise.all(nodes.map((node) => redisSubscriber(node.url, 'good.apple')))
    for (const subscriber of subscribers) endsWithTest(subscriber)
    for (const { url, port } of nodes) {
      await redisCli(url, ['PUBLISH', 'good.pear', `${port}`])
      expect((await inbox.take(1)).map(text)).toEqual([`${port}`])
    }
    await publish(broker, 'good.apple', 'out')
    for (const subscriber of subscribers) expect(await subscriber.next()).toMatchObject({ payload: Buffer.from('out') })
    expect(statuses).toEqual(['up'])
  })

  it.each(['', 'shop:', '{t1}.'])('has groups with their keys in one slot, with the prefix "%s"', async (prefix) => {
    const links = [await open(settings({ prefix })), await open(settings({ prefix }))] as const
    const inboxes = await Promise.all(links.map(({ broker }) => listen(broker, 'job.*', { group: 'g' })))
    const plain = await listen(links[1].broker, 'job.**')
    await Promise.all(numbers(100).map((job, i) => publish(links[i % 2 === 0 ? 0 : 1].broker, `job.${job}`, job)))
    await expect.poll(() => inboxes.flatMap(({ messages }) => messages).length).toBe(100)
    expect(inboxes.flatMap(({ messages }) => messages.map(text)).toSorted()).toEqual(numbers(100).toSorted())
    expect((await plain.take(100)).map(text).toSorted()).toEqual(numbers(100).toSorted())
    const lists = await Promise.all(nodes.map(({ url }) => redisCli(url, ['KEYS', `${prefix}{wildcast}*`])))
    const keys = lists.join('\n').split('\n').filter(Boolean)
    expect(keys).toHaveLength(3)
    expect(new Set(keys.map(slotOf)).size).toBe(1)
  })

  it('has one server for a subject over all relays, and requests without one time out', async () => {
    const [one, two] = [(await open(settings())).broker, (await open(settings())).broker]
    await serve(one, 'who', ({ payload }) => [{ payload: 'a part', more: true }, { payload }])
    await expect(serve(two, 'who', () => [])).rejects.toMatchObject({ code: 'already_served' })
    expect(text(await request(two, 'who', 'one'))).toBe('one')
    // Redis counts the clients of one node only.
    const pending = two.request?.({ subject: subject('not.served'), payload: '' }, { timeoutMs: 1 })
    await expect(pending).rejects.toMatchObject({ code: 'timeout' })
  })

  it('is found through any of its nodes', async () => {
    const options = { connectTimeout: 1000 }
    for (const other of [freePort, silentPort])
      for (const node of nodes) {
        const cluster = [`127.0.0.1:${await other()}`, addressOf(node)]
        expect((await open(settings({ cluster, options }))).statuses).toEqual(['up'])
      }
  })

  it.each<[string, () => Promise<Partial<RedisSettings>>, RegExp]>([
    [
      'a node refuses the connection',
      async () => ({ cluster: [`127.0.0.1:${await freePort()}`] }),
      /^Redis at \S+ refused the connection: start the server, or look at "cluster"$/,
    ],
    [
      'there is no cluster',
      async () => ({ cluster: [addressOf(endsWithTest(await startRedis()))] }),
      /^Redis at \S+ is not a node of a cluster: leave out "cluster"$/,
    ],
    [
      'there is one database only',
      async () => ({ db: 1 }),
      /^Redis at \S+ is a node of a cluster, which has one database: leave out "db"$/,
    ],
  ])('is down with the reason that %s', async (_, wrong, reason) => {
    expect((await open(settings(await wrong()))).causes).toEqual([expect.stringMatching(reason)])
  })

  it('stores no groups if the settings do not name its nodes', async () => {
    const { broker } = await open({ url: nodes[0].url })
    expect(broker.features.queue).toBe('the server is a node of a cluster; name its nodes in "cluster"')
    const inbox = await listen(broker, 'a')
    await publish((await open(settings())).broker, 'a', 'there')
    expect((await inbox.take(1)).map(text)).toEqual(['there'])
  })

  it('may move the keys of relays to another node: the link follows, and groups continue (B9)', async () => {
    const { broker, statuses } = await open(settings({ prefix: 'moving:' }))
    const inbox = await listen(broker, 'job', { group: 'g' })
    await publish(broker, 'job', 'before')
    expect((await inbox.take(1)).map(text)).toEqual(['before'])
    const slot = slotOf('moving:{wildcast}')
    const from = nodeOf('moving:{wildcast}')
    const to = nodes.find((node) => node !== from) as Redis
    await migrate(slot, from, to)
    await expect(publish(broker, 'job', 'lost')).rejects.toMatchObject({ code: 'interrupted' })
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    await publish(broker, 'job', 'after')
    expect((await inbox.take(1)).map(text)).toEqual(['after'])
    await migrate(slot, to, from)
  })
})

describe('sharded channels', () => {
  const sharded = (): RedisSettings => settings({ sharded: true })

  it('are served by the node that has their slot', async () => {
    const [one, two] = [await open(sharded()), await open(sharded())]
    const channels = spread('shard.')
    const inboxes = await Promise.all(channels.map((channel) => listen(one.broker, channel)))
    for (const channel of channels) await publish(two.broker, channel, channel)
    for (const [i, inbox] of inboxes.entries()) expect((await inbox.take(1)).map(text)).toEqual([channels[i]])
    for (const channel of channels) await redisCli(nodeOf(channel).url, ['SPUBLISH', channel, 'foreign'])
    for (const inbox of inboxes) expect((await inbox.take(1)).map(text)).toEqual(['foreign'])
    const [first] = inboxes
    await first?.undo()
    expect(await redisCli(nodeOf(channels[0] as string).url, ['PUBSUB', 'SHARDCHANNELS'])).toBe('')
  })

  it('work at a single server, too', async () => {
    const single = endsWithTest(await startRedis())
    const { broker } = await open({ url: single.url, sharded: true })
    const inbox = await listen(broker, 'a')
    await publish(broker, 'a', 'here')
    expect((await inbox.take(1)).map(text)).toEqual(['here'])
  })

  it('have neither patterns nor groups nor servers nor requests', async () => {
    const { broker } = await open(sharded())
    const unsupported = { code: 'unsupported', message: expect.stringContaining('leave out "sharded"') }
    await expect(listen(broker, 'a.*')).rejects.toMatchObject(unsupported)
    await expect(listen(broker, 'a', { group: 'g' })).rejects.toMatchObject(unsupported)
    await expect(listen(broker, 'a', { serve: true })).rejects.toMatchObject(unsupported)
    await expect(request(broker, 'a')).rejects.toMatchObject(unsupported)
    for (const feature of ['queue', 'request', 'serve'] as const) expect(broker.features[feature]).toContain('sharded')
  })

  it('are subscribed again after their slot has moved', async () => {
    const { broker, statuses } = await open(sharded())
    const channel = 'moving.shard'
    const inbox = await listen(broker, channel)
    const from = nodeOf(channel)
    const to = nodes.find((node) => node !== from) as Redis
    await migrate(slotOf(channel), from, to)
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    await publish(broker, channel, 'here')
    expect((await inbox.take(1)).map(text)).toEqual(['here'])
    await migrate(slotOf(channel), to, from)
  })
})

describe('a cluster that has lost a node', () => {
  it.each([false, true])('is down as a whole, and comes back with it (sharded: %s)', async (sharded) => {
    const { broker, statuses, causes } = await open(settings({ sharded }))
    const inbox = await listen(broker, 'a')
    const node = sharded ? nodeOf('a') : nodeOf('{wildcast}')
    await node.kill()
    await expect.poll(() => causes.join()).toMatch(/is down: no node serves some of its slots|refused the connection/)
    await node.restart()
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    await publish(broker, 'a', 'here')
    expect((await inbox.take(1)).map(text)).toEqual(['here'])
  })
})
