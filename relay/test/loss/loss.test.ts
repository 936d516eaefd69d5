import { expect, it } from 'vitest'
import { realClock } from '../../src/index.js'
import { brokenPromises } from '../chaos/history.js'
import { portsOf, start } from '../command.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { freePort } from '../servers/free-port.js'
import { openInNode, openPages, type Remote } from './clients.js'
import { openFaultyProxy } from './faulty-proxy.js'
import { historyOf } from './history-of.js'
import { seededRandom } from './random.js'

// `npm run loss` runs this for two minutes with 20 clients; see scripts/loss.js.
const seconds = Number(process.env.LOSS_SECONDS ?? 6)
const seed = Number(process.env.LOSS_SEED ?? Math.floor(Math.random() * 2 ** 31))
const [json, packed, streams, pages] = seconds > 30 ? [8, 5, 4, 3] : [3, 2, 2, 1]

/** The publishing interval of each client. */
const paceMs = 60

const pause = (ms: number): Promise<void> => new Promise((resolve) => void realClock.after(ms, resolve))

const numbered = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`)

async function gather(url: string): Promise<readonly Remote[]> {
  const [inNode, inPages] = await Promise.all([
    Promise.all([
      ...numbered('json', json).map((name) => openInNode('json', url, name)),
      ...numbered('msgpack', packed).map((name) => openInNode('msgpack', url, name)),
      ...numbered('stream', streams).map((name) => openInNode('stream', url, name)),
    ]),
    openPages(numbered('page', pages), url),
  ])
  return [...inNode, ...inPages]
}

/** Freezes one tab at a time, and wakes it up again. */
async function sleepInTurns(clients: readonly Remote[], over: () => boolean): Promise<void> {
  for (let turn = 0; !over(); turn++) {
    const tabs = clients.filter(({ sleep }) => sleep)
    const tab = tabs[turn % tabs.length]
    await tab?.sleep?.()
    await pause(1500)
    await tab?.wake?.()
    await pause(1500)
  }
}

it('every message arrives once and in order at every client, despite faults of all kinds', async () => {
  console.log(`loss: seed ${seed}, ${seconds} s`)
  const port = await freePort()
  await portsOf(start(['gateway', '-p', String(port), '--origins', '*']), 1)
  const proxy = endsWithTest(await openFaultyProxy({ target: port, random: seededRandom(seed) }))
  const clients = await gather(`ws://127.0.0.1:${proxy.port}`)
  for (const client of clients) await client.begin(paceMs)
  let over = false
  proxy.begin()
  const sleeping = sleepInTurns(clients, () => over)
  await pause(seconds * 1000)
  over = true
  await sleeping
  proxy.heal()
  await Promise.all(clients.map((client) => client.end()))
  await expect.poll(async () => brokenPromises(await historyOf(clients)), { timeout: 60_000 }).toEqual([])
  const { published, subscriptions } = await historyOf(clients)
  const outcomes = [...published.values()].flat()
  const gaps = [...subscriptions].filter(([, { received }]) => received.includes('gap')).map(([name]) => name)
  console.log(`loss: ${outcomes.length} messages, faults ${JSON.stringify(proxy.counts)}`)
  expect({ gaps, unconfirmed: outcomes.filter((outcome) => outcome !== 'confirmed') }).toEqual({
    gaps: [],
    unconfirmed: [],
  })
})

it('a message that a killed relay loses is covered by a gap, or its outcome is unknown', async () => {
  const port = await freePort()
  const begin = async () => {
    const relay = start(['gateway', '-p', String(port), '--origins', '*'])
    await portsOf(relay, 1)
    return relay
  }
  let relay = await begin()
  const proxy = endsWithTest(await openFaultyProxy({ target: port, random: seededRandom(seed + 1) }))
  const clients = await gather(`ws://127.0.0.1:${proxy.port}`)
  for (const client of clients) await client.begin(paceMs)
  proxy.begin()
  for (let round = 0; round < Math.max(1, seconds / 15); round++) {
    await pause(Math.min(seconds, 10) * 500)
    relay.kill('SIGKILL')
    await pause(300)
    relay = await begin()
    await pause(Math.min(seconds, 10) * 500)
  }
  proxy.heal()
  await Promise.all(clients.map((client) => client.end()))
  await expect.poll(async () => brokenPromises(await historyOf(clients)), { timeout: 60_000 }).toEqual([])
})
