import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { brokenPromises, type History } from '../chaos/history.js'
import { portsOf, start } from '../command.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { freePort } from '../servers/free-port.js'
import { startRedis } from '../servers/redis.js'
import { openBalancer } from './balancer.js'
import { type Kind, openInNode, type Remote } from './clients.js'
import { historyOf } from './history-of.js'

/** Two clients of each kind. */
const gather = (url: string, kinds: readonly Kind[]): Promise<readonly Remote[]> =>
  Promise.all([...kinds, ...kinds].map((kind, i) => openInNode(kind, url, `${kind}${i}`)))

/** Publishes during a restart, and a little before and after. Returns the history. */
async function underLoad(clients: readonly Remote[], restart: () => Promise<void>): Promise<History> {
  const outcomes = async (): Promise<number> =>
    [...(await historyOf(clients)).published.values()].flat().filter((one) => one === 'confirmed').length
  const more = async (): Promise<void> => {
    const before = await outcomes()
    await expect.poll(outcomes).toBeGreaterThan(before + 60)
  }
  for (const client of clients) await client.begin(20)
  await more()
  await restart()
  await more()
  await Promise.all(clients.map((client) => client.end()))
  await expect.poll(async () => brokenPromises(await historyOf(clients))).toEqual([])
  return historyOf(clients)
}

/**
 * The outcome of publishes in flight is unknown when a connection closes: one run of them for each
 * close. All others are confirmed.
 */
function expectConfirmed({ published }: History, closes: number): void {
  for (const outcomes of published.values()) {
    expect(outcomes).not.toContain('rejected')
    const runs = outcomes.filter((outcome, i) => outcome === 'unknown' && outcomes[i - 1] !== 'unknown')
    expect(runs.length).toBeLessThanOrEqual(closes)
    expect(outcomes.filter((outcome) => outcome === 'confirmed').length).toBeGreaterThan(20)
  }
}

describe('a rolling restart under load', () => {
  it('of two relays on one Redis loses nothing without a gap, and confirms all that is not in flight', async () => {
    const redis = endsWithTest(await startRedis())
    const ports = [await freePort(), await freePort()]
    const begin = async (port: number): Promise<ChildProcess> => {
      const relay = start(['gateway', '-p', String(port), '-b', `Redis=${redis.url}`])
      await portsOf(relay, 1)
      const ready = () => fetch(`http://127.0.0.1:${port}/readyz`).then(({ status }) => status)
      await expect.poll(ready).toBe(200)
      return relay
    }
    const relays = await Promise.all(ports.map(begin))
    const balancer = endsWithTest(await openBalancer(ports))
    const clients = await gather(`ws://127.0.0.1:${balancer.port}`, ['json', 'msgpack'])
    const history = await underLoad(clients, async () => {
      for (const [i, port] of ports.entries()) {
        const relay = relays[i] as ChildProcess
        relay.kill('SIGTERM')
        expect(await once(relay, 'exit')).toEqual([0, null])
        await begin(port)
      }
    })
    expectConfirmed(history, 2)
  })

  it('of three workers, by SIGHUP, does the same, also over HTTP', async () => {
    const primary = start(['gateway', '-p', '0', '--workers', '3'])
    let log = ''
    primary.stderr?.on('data', (chunk) => {
      log += String(chunk)
    })
    const [port] = await portsOf(primary, 1)
    const clients = await gather(`ws://127.0.0.1:${port}`, ['json', 'msgpack', 'stream'])
    const history = await underLoad(clients, async () => {
      primary.kill('SIGHUP')
      await expect.poll(() => log).toContain('3 workers are replaced')
    })
    expectConfirmed(history, 3)
    expect(log.split('\n').slice(1)).toEqual(['3 workers are replaced', '']) // a note comes first
  })
})
