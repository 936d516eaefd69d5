import { once } from 'node:events'
import { connect } from 'node:net'
import path from 'node:path'
import { parsePattern, parseSubject } from '@wildcast/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import { brokerContract } from '../../src/brokers/broker.contract.js'
import { foreignBroker } from '../../src/brokers/foreign/foreign-broker.js'
import { memory } from '../../src/brokers/memory.js'
import { interestBody } from '../../src/brokers/memory-link/bodies.js'
import { memoryDriver } from '../../src/brokers/memory-link/driver.js'
import { frameHead, kinds } from '../../src/brokers/memory-link/frames.js'
import { serveMemory } from '../../src/brokers/memory-link/serve-memory.js'
import { memoryLink } from '../../src/brokers/memory-link.js'
import { newId, realClock } from '../../src/index.js'
import { historyContract } from '../../src/stores/history.contract.js'
import { memoryStore } from '../../src/stores/memory/memory-store.js'
import { storeContract } from '../../src/stores/store.contract.js'
import { fakeClock } from '../../src/testing/fake-clock.js'
import { Inbox } from '../../src/testing/inbox.js'
import { deaf } from '../../src/testing/listener.js'
import { read, readAll, revisionOfWrite, type StoreUnderTest, write } from '../../src/testing/store-under-test.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type MemoryProcess, startMemory } from '../servers/memory-process.js'
import { temporaryFolder } from '../servers/temporary-folder.js'
import { type TestLink, testLink, text } from './link.js'

const ports = { clock: realClock, newId }

let server: MemoryProcess
beforeAll(async () => {
  server = await startMemory()
  return server.kill
})

/** The link of another relay. */
const other = (): Promise<TestLink> => testLink(memoryLink(server.socket, ports))

brokerContract('memory behind a socket', {
  open: (clock = ports.clock) => memoryLink(server.socket, { ...ports, clock }),
  outside: {
    publish: async (subject, payload) => (await other()).publish(subject, payload),
    listen: async (subject) => (await other()).listen(subject),
    kill: () => server.kill(),
    restart: () => server.restart(),
  },
})

const behindSocket: StoreUnderTest = {
  shared: true,
  leased: true,
  exact: true,
  async open(limits, rules) {
    const clock = fakeClock()
    const socket = path.join(temporaryFolder(), 'memory.0')
    const store = memoryStore({ clock, limits, leases: true, rules })
    const broker = await memory({ clock, newId, store })({ status: () => {}, dropped: () => {} })
    endsWithTest(await serveMemory(socket, broker))
    return {
      relay: async () => (await testLink(memoryLink(socket, ports, rules))).broker,
      pass: async (ms) => clock.advance(ms),
    }
  },
}
storeContract('memory behind a socket', behindSocket)
historyContract('memory behind a socket', behindSocket)

describe('a memory broker that relays share', () => {
  /** Runs in this process, so that a test sees both ends. */
  const shared = async (): Promise<() => Promise<TestLink>> => {
    const socket = path.join(temporaryFolder(), 'memory.0')
    const broker = await memory(ports)({ status: () => {}, dropped: () => {} })
    endsWithTest(await serveMemory(socket, broker))
    return () => testLink(memoryLink(socket, ports))
  }

  it('delivers each message of a group to one relay, and to the next one when it leaves', async () => {
    const open = await shared()
    const [first, second] = [await open(), await open()]
    const [mine, yours] = [await first.listen('job', { group: 'g' }), await second.listen('job', { group: 'g' })]
    for (const job of ['1', '2', '3', '4']) await first.publish('job', job)
    expect((await mine.take(2)).map(text)).toEqual(['1', '3'])
    expect((await yours.take(2)).map(text)).toEqual(['2', '4'])
    await second.broker.close()
    // The broker may receive a publish before it notices the end.
    await expect.poll(() => first.publish('job', 'x').then(() => mine.messages.length)).toBeGreaterThan(2)
  })

  it('has one server for a subject over all relays, and frees the subject when its relay leaves', async () => {
    const open = await shared()
    const [first, second] = [await open(), await open()]
    await first.serve('sum', () => [{ payload: 'one', more: true }, { payload: 'two' }])
    await expect(second.serve('sum', () => [])).rejects.toMatchObject({ code: 'already_served' })
    const parts: string[] = []
    const answer = await second.request('sum', '?', (part) => parts.push(text(part)))
    expect(parts).toEqual(['one'])
    expect(text(answer)).toBe('two')
    await first.publish('all.sent') // once this is confirmed, so are the answers
    await first.broker.close()
    await expect.poll(() => second.request('sum').catch(({ code }) => code)).toBe('no_responders')
    await second.serve('sum', () => [{ payload: 'mine' }])
    expect(text(await second.request('sum'))).toBe('mine')
  })

  it('rejects a pending request when the link breaks, and drops one that is cancelled', async () => {
    const own = await startMemory()
    const link = await testLink(memoryLink(own.socket, ports))
    const requests = new Inbox()
    await link.broker.subscribe(
      { pattern: parsePattern('slow'), serve: true },
      { ...deaf, deliver: (m) => requests.put(m) },
    )
    const cancel = new AbortController()
    const request = { subject: parseSubject('slow'), payload: '' }
    const cancelled = link.broker.request?.(request, { timeoutMs: 60_000, signal: cancel.signal })
    const broken = link.request('slow')
    await requests.take(2)
    cancel.abort(new Error('enough'))
    await expect(cancelled).rejects.toMatchObject({ message: 'enough' })
    const rejected = expect(broken).rejects.toMatchObject({ code: 'interrupted' })
    await own.kill()
    await rejected
  })

  it('loses its values when its process crashes, and refuses their revisions after that', async () => {
    const own = await startMemory()
    const { broker, statuses } = await testLink(memoryLink(own.socket, ports))
    const revision = await revisionOfWrite(broker, 'key', 'a')
    own.pause()
    const [writing, reading] = [write(broker, 'key', 'b'), read(broker, 'key')]
    const rejected = [writing, reading].map((call) => expect(call).rejects.toMatchObject({ code: 'interrupted' }))
    await own.kill()
    await Promise.all(rejected)
    await expect(write(broker, 'key', 'c')).rejects.toMatchObject({ code: 'broker_down' })
    await own.restart()
    await expect.poll(() => statuses, { timeout: 20_000 }).toEqual(['up', 'down', 'up'])
    expect(await read(broker, 'key')).toBeUndefined()
    const refused = { kind: 'refused', revision: undefined }
    expect(await write(broker, 'key', 'd', { ifRevision: revision })).toEqual(refused)
    expect((await revisionOfWrite(broker, 'key', 'd')) > revision).toBe(true)
  })

  it('gives a relay that asks for many pages at once all of them, and serves others meanwhile', async () => {
    const open = await shared()
    const [greedy, other] = [await open(), await open()]
    const payload = new Uint8Array(512 * 1024)
    for (let i = 0; i < 8; i++) await write(greedy.broker, `key.${i}`, payload)
    const asked = Array.from({ length: 50 }, () => readAll(greedy.broker, 'key.*', { bytes: 1024 ** 3 }))
    await write(other.broker, 'other', 'x')
    const pages = await Promise.all(asked)
    for (const found of pages) {
      expect(found.flat()).toHaveLength(8)
      for (const page of found) expect(page.length).toBeLessThanOrEqual(2)
    }
    expect(greedy.statuses).toEqual(['up'])
  })

  it('is left by a relay that gets no answer to a ping', async () => {
    const own = await startMemory()
    const link = await testLink(foreignBroker(memoryDriver(own.socket, ports), { ...ports, pingIntervalMs: 20 }))
    own.pause()
    await expect.poll(() => link.reasons[0]).toContain('no sign of life')
    await own.kill()
  })

  it('closes the connection of a relay that does not read', async () => {
    const socket = path.join(temporaryFolder(), 'memory.0')
    const broker = await memory(ports)({ status: () => {}, dropped: () => {} })
    endsWithTest(await serveMemory(socket, broker))
    const stuck = connect(socket).pause()
    const interest = interestBody({ pattern: parsePattern('flood') })
    stuck.write(Buffer.concat([frameHead(kinds.subscribe, 1, interest.length), interest]))
    const link = await testLink(memoryLink(socket, ports))
    const inbox = await link.listen('flood')
    const payload = new Uint8Array(1024 * 1024)
    for (let i = 0; i < 80; i++) await link.publish('flood', payload)
    expect(await inbox.take(80)).toHaveLength(80)
    const closed = once(stuck, 'close')
    stuck.resume() // reads what was sent before, then the end
    await closed
  })
})
