import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { RedisSettings } from '../../src/brokers/settings.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { freePort } from '../servers/free-port.js'
import { redisCli } from '../servers/redis-cli.js'
import { type RedisSentinel, startRedisSentinel } from '../servers/redis-sentinel.js'
import { text } from './link.js'
import { ask, listen, open, publish, serve, silent, work } from './redis-link.js'

type SentinelSettings = RedisSettings & { readonly sentinels: readonly string[] }

const settings = ({ sentinel, name }: RedisSentinel): SentinelSettings => ({
  url: 'redis://unused.invalid',
  sentinels: [`127.0.0.1:${sentinel.port}`],
  sentinelName: name,
})

/** How many clients of relays a server has. */
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
    expect([await clientsAt(sentinels.master), await clientsAt(sentinels.replica), statuses]).toEqual([2, 0, ['up']])
  })

  it.each([
    ['nobody listens', freePort],
    ['one takes the call and stays silent', silent],
  ])('are asked one after the other where %s', async (_, port) => {
    const { statuses } = await open({ ...ours, sentinels: [`127.0.0.1:${await port()}`, ...ours.sentinels] })
    expect(statuses).toEqual(['up'])
  })

  it('lead to a replica where the options ask for one, which keeps nothing for relays', async () => {
    const { broker } = await open({ ...ours, options: { role: 'slave' } })
    expect(broker.features.queue).toBe('the server is a read-only replica; name its master in "url"')
    const inbox = await listen(broker, 'a')
    await publish((await open(ours)).broker, 'a', 'there')
    expect((await inbox.take(1)).map(text)).toEqual(['there'])
  })

  it.each<[string, () => Promise<Partial<SentinelSettings>>, string]>([
    [
      'know no master of that name',
      async () => ({ sentinelName: 'other' }),
      'no sentinel of HERE has a master of that name: look at "sentinel_name"',
    ],
    [
      'are not there',
      async () => ({ sentinels: [`127.0.0.1:${await freePort()}`] }),
      'no sentinel of HERE leads to its master: look at "sentinels"',
    ],
    [
      'are none',
      async () => ({ sentinels: [`127.0.0.1:${sentinels.master.port}`] }),
      'no sentinel of HERE leads to its master: look at "sentinels"',
    ],
    [
      'lead to a master that refuses',
      async () => ({ password: 'secret', username: 'me' }),
      'HERE refused the user or the password: look at "username" and "password"',
    ],
  ])('that %s are told', async (_, wrong, reason) => {
    const asked = { ...ours, ...(await wrong()) }
    const { causes, shown } = await open(asked)
    expect(causes).toEqual([
      reason.replace('HERE', `Redis "${asked.sentinelName}" (sentinels ${asked.sentinels.join(', ')})`),
    ])
    expect(shown.join()).not.toContain('secret')
  })

  it('may want a password of their own', async () => {
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
  it('is followed to the new master when the old one has died: groups and servers go on there', async () => {
    const { sentinels, links, whole } = await crowd()
    await sentinels.master.kill()
    await sentinels.failover()
    await whole()
    for (const { statuses } of links) expect(statuses).toEqual(['up', 'down', 'up'])
  })

  it('that an operator asks for is followed before the old master hears of it, which forgets what it is told by then', async () => {
    const { sentinels, links, whole } = await crowd()
    const cli = (...words: string[]) => redisCli(`redis://127.0.0.1:${sentinels.sentinel.port}`, words).catch(String)
    // At first it does not know enough of the replica.
    await expect.poll(() => cli('SENTINEL', 'FAILOVER', 'main')).toBe('OK')
    await sentinels.failover()
    await whole()
    expect(sentinels.sentinel.log()).not.toContain('+convert-to-slave')
    for (const { causes } of links) expect(causes[0]).toBe('the sentinels have made another server the master')
  })
})

/**
 * Two relays with a subscriber, a group and a server, and a way to see that all of it is at the new
 * master.
 */
async function crowd() {
  const sentinels = endsWithTest(await startRedisSentinel())
  const links = [await open(settings(sentinels)), await open(settings(sentinels))] as const
  const [one, two] = links
  const plain = await listen(one.broker, 'job')
  const jobs: string[] = []
  for (const { broker } of links)
    await work(broker, 'job', 'g', (message, settle) => {
      jobs.push(text(message))
      settle(true)
    })
  await serve(one.broker, 'who', () => [{ payload: 'one' }])
  await publish(two.broker, 'job', 'before')
  await expect.poll(() => jobs).toEqual(['before'])

  async function whole(): Promise<void> {
    await expect.poll(() => clientsAt(sentinels.replica)).toBe(4)
    for (const { statuses } of links) await expect.poll(() => statuses.at(-1)).toBe('up')
    // Each link listens to the sentinel once.
    await expect.poll(() => clientsAt(sentinels.sentinel)).toBe(2)
    plain.messages.length = 0
    const sent = Array.from({ length: 20 }, (_, i) => `${i}`)
    for (const job of sent) await publish(two.broker, 'job', job)
    expect((await plain.take(20)).map(text)).toEqual(sent)
    await expect.poll(() => jobs.slice(1).sort()).toEqual(sent.toSorted())
    expect(text(await ask(two.broker, 'who'))).toBe('one')
  }

  return { sentinels, links, whole }
}
