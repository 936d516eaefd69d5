import { expect, it } from 'vitest'
import { endsWithTest } from './ends-with-test.js'
import { redisCli } from './redis-cli.js'
import { startRedisSentinel } from './redis-sentinel.js'

it('a sentinel promotes the replica when the master has died', async () => {
  const { name, sentinel, master, replica, failover } = endsWithTest(await startRedisSentinel())
  const address = async (): Promise<string> =>
    redisCli(`redis://127.0.0.1:${sentinel.port}`, ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name])
  expect(await address()).toBe(`127.0.0.1\n${master.port}`)
  await master.kill()
  await failover()
  expect(await address()).toBe(`127.0.0.1\n${replica.port}`)
  expect(await redisCli(replica.url, ['SET', 'a', '1'])).toBe('OK')
})
