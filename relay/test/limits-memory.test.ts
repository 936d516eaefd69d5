import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseSubject } from '@wildcast/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fakeClock } from '../src/testing/fake-clock.js'
import { bystander } from './bystander.js'
import { meteredRelay } from './metered-relay.js'
import { connect } from './socket.js'
import { startRelay } from './start-relay.js'
import { ask, client, type V1Client } from './v1-client.js'

const v1 = 'wildcast.v1+json'

/** A configuration file that is deleted with the test. */
function configuration(text: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'limits-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'wildcast.toml')
  writeFileSync(file, text)
  return file
}

it('1,000 clients that show no credentials take at most 10 kB each, and nothing once they have left', async () => {
  const file = configuration(`
    auth.jwt.key = "a secret of at least 32 bytes, for tests"
    auth.jwt.issuer = "test"
    limits.entry_ms = 600000
    brokers.main.type = "memory"
  `)
  const relay = await meteredRelay(['up', '-c', file, '-p', '0'])
  const url = `ws://${relay.address}/ws`
  const open = (count: number): Promise<Awaited<ReturnType<typeof connect>>[]> =>
    Promise.all(Array.from({ length: count }, () => connect(url, v1)))
  const leave = async (sockets: Awaited<ReturnType<typeof open>>): Promise<void> => {
    for (const { ws } of sockets) ws.terminate()
    await Promise.all(sockets.map(({ closed }) => closed))
  }
  await leave(await open(200)) // what is loaded and compiled only once
  const before = await relay.heap()
  const sockets = await open(1000)
  const each = ((await relay.heap()) - before) / 1000
  expect(each).toBeGreaterThan(500)
  expect(each).toBeLessThan(10_000)
  await leave(sockets)
  await expect.poll(() => relay.heap(), { timeout: 30_000 }).toBeLessThan(before + 1_000_000)
}, 120_000)

describe('sessions whose clients are away', () => {
  interface Connected {
    readonly Welcome: { readonly session: string; readonly resumed: boolean }
  }
  const connectTo = async (socket: V1Client, session?: string, received = 0): Promise<Connected['Welcome']> => {
    const answer = (await ask(socket, { Connect: { session, received } })) as Connected
    return answer.Welcome
  }

  it('end beyond the limit of memory, the oldest first, and the relay continues (L9)', async () => {
    const relay = await startRelay({ clock: fakeClock(), limits: { memory: 1024 * 1024, resume: 64 * 1024 } })
    const notices = await bystander(relay)
    const keys: string[] = []
    for (let i = 0; i < 40; i++) {
      const socket = await client(relay)
      const { session } = await connectTo(socket)
      await ask(socket, { Subscribe: { ref: 1, subject: `of.${i}` } })
      const closed = socket.closed
      socket.ws.terminate()
      await closed
      await expect.poll(() => relay.relay.sessions.away).toBeGreaterThan(0)
      keys.push(session)
      // Waits for it in its session.
      await relay.relay.inside.publish('test', { subject: parseSubject(`of.${i}`), payload: 'x'.repeat(60_000) })
    }
    await notices()
    await expect.poll(() => relay.relay.sessions.away).toBeLessThan(20)
    const [first = '', last = ''] = [keys[0], keys.at(-1)]
    expect((await connectTo(await client(relay), last, 1)).resumed).toBe(true)
    expect((await connectTo(await client(relay), first, 1)).resumed).toBe(false)
  })

  it('end beyond the limit of their number, the oldest first (L9)', async () => {
    const relay = await startRelay({ clock: fakeClock(), limits: { away: 10 } })
    const keys: string[] = []
    for (let i = 0; i < 30; i++) {
      const socket = await client(relay)
      keys.push((await connectTo(socket)).session)
      socket.ws.terminate()
      await expect.poll(() => relay.relay.sessions.away).toBe(Math.min(i + 1, 10))
      if (i >= 10) await expect.poll(() => relay.relay.sessions.find(keys[i - 10] ?? '')).toBeUndefined()
    }
    expect((await connectTo(await client(relay), keys.at(-1))).resumed).toBe(true)
  })
})
