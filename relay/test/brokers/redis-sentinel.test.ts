import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { RedisSettings } from '../../src/brokers/settings.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { freePort } from '../servers/free-port.js'
import { redisCli } from '../servers/redis-cli.js'
import { type RedisSentinel, startRedisSentinel } from '../servers/redis-sentinel.js'
import { text } from './link.js'
import { consume, listen, open, publish, request, serve, silentPort } from './redis-link.js'

type SentinelSettings = RedisSettings & { readonly sentinels: readonly string[] }

const settings = ({ sentinel, name }: RedisSentinel): SentinelSettings => ({
  url: 'redis://unused.invalid',
  sentinels: [`127.0.0.1:${sentinel.port}`],
  sentinelName: name,
})

/** The number of relays' clients at a server. */
const clientsAt = async ({ port }: { readonly port: number }): Promise<number> =>
  (await redisCli(`redis://127.0.0.1:${port}`, ['CLIENT', 'LIST'])).match(/name=wildcast/g)?.length ?? 0

describe('sentinels (SP-BRK-11)', () => {
  let sentinels: RedisSentinel
  let ours: SentinelSettings
  beforeAll(async () => {
    sentinels = await startRedisSentinel()
    ours = settings(sentinels)
    return sentinels.stop
  })

  it('lead to the master', async () => {
    const { broker, statuses } = await open(ours)
    const inboxes = [await listen(broker, 'a'), await listen(broker, 'a', { group: 'g' })]
    await publish(broker, 'a', 'here')
    for (const inbox of inboxes) expect((await inbox.take(1)).map(text)).toEqual(['here'])
    expect(await clientsAt(sentinels.master)).toBe(2)
    expect(await clientsAt(sentinels.replica)).toBe(0)
    expect(statuses).toEqual(['up'])
  })

  it.each([
    ['refuses connections', freePort],
    ['stays silent', silentPort],
  ])('are tried one after the other if one %s', async (_, port) => {
    const { statuses } = await open({ ...ours, sentinels: [`127.0.0.1:${await port()}`, ...ours.sentinels] })
    expect(statuses).toEqual(['up'])
  })

  it('lead to a replica, which stores no groups, if the options ask for one', async () => {
    const { broker } = await open({ ...ours, options: { role: 'slave' } })
    expect(broker.features.queue).toBe('the server is a read-only replica; name its master in "url"')
    const inbox = await listen(broker, 'a')
    await publish((await open(ours)).broker, 'a', 'there')
    expect((await inbox.take(1)).map(text)).toEqual(['there'])
  })

  it.each<[string, () => Promise<Partial<SentinelSettings>>, string]>([
    [
      'have no master of that name',
      async () => ({ sentinelName: 'other' }),
      'no sentinel of HERE has a master of that name: look at "sentinel_name"',
    ],
    [
      'refuse connections',
      async () => ({ sentinels: [`127.0.0.1:${await freePort()}`] }),
      'no sentinel of HERE leads to its master: look at "sentinels"',
    ],
    [
      'are not sentinels',
      async () => ({ sentinels: [`127.0.0.1:${sentinels.master.port}`] }),
      'no sentinel of HERE leads to its master: look at "sentinels"',
    ],
    [
      'lead to a master that refuses',
      async () => ({ password: 'secret', username: 'me' }),
      'HERE refused the user or the password: look at "username" and "password"',
    ],
  ])('that %s are reported', async (_, wrong, reason) => {
    const tried = { ...ours, ...(await wrong()) }
    const { causes, shown } = await open(tried)
    expect(causes).toEqual([
      reason.replace('HERE', `Redis "${tried.sentinelName}" (sentinels ${tried.sentinels.join(', ')})`),
    ])
    expect(shown.join()).not.toContain('secret')
  })

  it('may require their own password', async () => {
    const guard = (credentials: string, rule: string): Promise<string> =>
      redisCli(`redis://${credentials}127.0.0.1:${sentinels.sentinel.port}`, ['ACL', 'SETUSER', 'default', rule])
    await guard('', '>secret')
    onTestFinished(async () => {
      await guard('default:secret@', 'nopass')
    })
    expect((await open({ ...ours, sentinelPassword: 'secret' })).statuses).toEqual(['up'])
    for (const sentinelPassword of [undefined, 'wrong']) {
      const { causes } = await open({ ...ours, ...(sentinelPassword && { sentinelPassword }) })
      expect(causes.join()).toMatch(
        /^the sentinels of Redis "main" .* refused the password: look at "sentinel_password"$/,
      )
    }
  })
})

describe('a failover (B9)', () => {
  it('moves links to the new master when the old one has died: groups and servers continue', async () => {
    const { sentinels, links, allMoved } = await startTwoRelays()
    await sentinels.master.kill()
    await sentinels.failover()
    await allMoved()
    for (const { statuses } of links) expect(statuses).toEqual(['up', 'down', 'up'])
  })

  it('by an operator moves links before the old master is reconfigured and drops its messages', async () => {
    const { sentinels, links, allMoved } = await startTwoRelays()
    const cli = (...words: string[]) => redisCli(`redis://127.0.0.1:${sentinels.sentinel.port}`, words).catch(String)
    // The sentinel needs time to learn about the replica.
    await expect.poll(() => cli('SENTINEL', 'FAILOVER', 'main')).toBe('OK')
    await sentinels.failover()
    await allMoved()
    expect(sentinels.sentinel.log()).not.toContain('+convert-to-slave')
    for (const { causes } of links) expect(causes[0]).toBe('the sentinels have made another server the master')
  })
})

/**
 * Two relays with a subscriber, a group and a server. `allMoved` expects that all of it works at
 * the new master.
 */
async function startTwoRelays() {
  const sentinels = endsWithTest(await startRedisSentinel())
  const links = [await open(settings(sentinels)), await open(settings(sentinels))] as const
  const [one, two] = links
  const plain = await listen(one.broker, 'job')
  const jobs: string[] = []
  for (const { broker } of links)
    await consume(broker, 'job', 'g', (message, settle) => {
      jobs.push(text(message))
      settle(true)
    })
  await serve(one.broker, 'who', () => [{ payload: 'one' }])
  await publish(two.broker, 'job', 'before')
  await expect.poll(() => jobs).toEqual(['before'])

  async function allMoved(): Promise<void> {
    await expect.poll(() => clientsAt(sentinels.replica)).toBe(4)
    for (const { statuses } of links) await expect.poll(() => statuses.at(-1)).toBe('up')
    // Each link has one client at the sentinel.
    await expect.poll(() => clientsAt(sentinels.sentinel)).toBe(2)
    plain.messages.length = 0
    const sent = Array.from({ length: 20 }, (_, i) => `${i}`)
    for (const job of sent) await publish(two.broker, 'job', job)
    expect((await plain.take(20)).map(text)).toEqual(sent)
    await expect.poll(() => jobs.slice(1).sort()).toEqual(sent.toSorted())
    expect(text(await request(two.broker, 'who'))).toBe('one')
  }

  return { sentinels, links, allMoved }
}
