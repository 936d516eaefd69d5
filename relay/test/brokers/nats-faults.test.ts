import dns from 'node:dns'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { endsWithTest } from '../servers/ends-with-test.js'
import { startNats } from '../servers/nats.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { text } from './link.js'
import { natsLink, stranger, subscriptionsAt } from './nats-link.js'

type LookupCallback = (error: null, found: readonly { address: string; family: number }[]) => void

describe('the longest message', () => {
  it('is limited by the server, including headers, and refused before it is sent', async () => {
    const server = endsWithTest(await startNats({ maxPayload: 100 }))
    const { publish, statuses, request } = await natsLink(server)
    const headers = [['a', 'ü']] as const
    // NATS/1.0, a line for the header, and an empty one.
    const headerBytes = 'NATS/1.0\r\na: xx\r\n\r\n'.length
    await publish('a', 'x'.repeat(100))
    await publish('a', 'x'.repeat(100 - headerBytes), { headers })
    const tooLarge = { code: 'too_large' }
    await expect(publish('a', 'x'.repeat(101))).rejects.toMatchObject(tooLarge)
    await expect(publish('a', 'x'.repeat(101 - headerBytes), { headers })).rejects.toMatchObject(tooLarge)
    await expect(request('a', 'x'.repeat(101))).rejects.toMatchObject(tooLarge)
    expect(statuses).toEqual(['up'])
  })

  it('has a new limit after the server has closed the connection over it, without an announcement (B10)', async () => {
    const server = endsWithTest(await startNats())
    const { publish, statuses } = await natsLink(server)
    await publish('a', 'x'.repeat(100))
    await server.reload('max_payload: 10')
    await expect(publish('a', 'x'.repeat(100))).rejects.toMatchObject({ code: 'interrupted' })
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    await expect(publish('a', 'x'.repeat(100))).rejects.toMatchObject({ code: 'too_large' })
    await publish('a', 'x'.repeat(10))
  })
})

it('refuses a message over which the server closed the connection twice (B7)', async () => {
  const server = endsWithTest(await startNats({ config: 'max_control_line: 250' }))
  const { publish, statuses, reasons } = await natsLink(server)
  const poison = 'x'.repeat(255)
  for (const closed of [1, 2]) {
    await expect(publish(poison)).rejects.toMatchObject({ code: 'interrupted' })
    await expect.poll(() => statuses.filter((now) => now === 'up').length).toBe(closed + 1)
  }
  await expect(publish(poison)).rejects.toMatchObject({ code: 'too_large' })
  await publish('fine')
  expect(statuses).toEqual(['up', 'down', 'up', 'down', 'up'])
  expect(reasons[0]).toContain('maximum control line exceeded')
})

it('connects to another address when a server announces that it leaves, and loses no message (B10)', async () => {
  const [first, second] = [endsWithTest(await startNats()), endsWithTest(await startNats())]
  const { statuses, reasons, publish, listen } = await natsLink(first, { addresses: [first.url, second.url] })
  const inbox = await listen('moved')
  first.signal('SIGUSR2')
  await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
  expect(reasons).toEqual(['the NATS server is leaving (lame duck mode)'])
  await publish('moved', 'here')
  expect((await inbox.take(1)).map(text)).toEqual(['here'])
  expect(await subscriptionsAt(second)).toEqual([1])
  await first.kill() // lame duck mode would take long
})

it('stays with a server that leaves if other is no other, until it closes the connection (B10)', async () => {
  const server = endsWithTest(await startNats())
  const { statuses, publish } = await natsLink(server)
  server.signal('SIGUSR2')
  await server.says(/Entering lame duck mode/)
  await publish('a')
  expect(statuses).toEqual(['up'])
  await server.kill()
  await server.restart()
  await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
})

it('is disconnected as a slow consumer, reports it and reconnects (B6)', async () => {
  const server = endsWithTest(await startNats({ maxPayload: 50_000, config: 'max_pending: 100000' }))
  const proxy = endsWithTest(await openProxy(server.port))
  const { statuses, listen, publish } = await natsLink({ url: `127.0.0.1:${proxy.port}` }, { pingIntervalMs: 60_000 })
  const inbox = await listen('flood')
  proxy.stall()
  const other = await stranger(server)
  const payload = new Uint8Array(50_000)
  const cut = server.says(/Slow Consumer Detected/)
  let slow = false
  void cut.then(() => {
    slow = true
  })
  while (!slow) {
    other.publish('flood', payload)
    await other.flush()
  }
  proxy.flow()
  await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
  await publish('flood', 'after')
  await expect.poll(() => text(inbox.messages.at(-1))).toBe('after')
})

it('survives a server that pauses: unconfirmed publishes are interrupted (B2)', async () => {
  const server = endsWithTest(await startNats())
  const { publish, statuses } = await natsLink(server, { pingIntervalMs: 200 })
  await server.pause()
  const publishing = expect(publish('a', 'x')).rejects.toMatchObject({ code: 'interrupted' })
  await expect.poll(() => statuses).toEqual(['up', 'down'])
  await publishing
  await expect(publish('a', 'x')).rejects.toMatchObject({ code: 'broker_down' })
  server.resume()
  await expect.poll(() => statuses.at(-1)).toBe('up')
})

it('has the same subscriptions at the server after many losses as after one (B3)', async () => {
  const server = endsWithTest(await startNats())
  const proxy = endsWithTest(await openProxy(server.port))
  const { statuses, listen, publish, serve, request } = await natsLink({ url: `127.0.0.1:${proxy.port}` })
  const inboxes = [await listen('flap.*'), await listen('flap.**'), await listen('flap.*', { group: 'g' })]
  await serve('flap.ask', () => [{ payload: 'yes' }])
  await request('flap.ask')
  for (let losses = 1; losses <= 4; losses++) {
    proxy.cut()
    await expect.poll(() => statuses.length).toBe(1 + 2 * losses)
  }
  expect(statuses.filter((now) => now === 'up').length).toBe(5)
  await expect.poll(() => subscriptionsAt(server)).toEqual([5])
  for (const inbox of inboxes) inbox.messages.length = 0
  await publish('flap.a', 'here')
  for (const inbox of inboxes) expect((await inbox.take(1)).map(text)).toEqual(['here'])
  expect(text(await request('flap.ask'))).toBe('yes')
})

it('resolves a host at each try, and uses the address that answers (B5)', async () => {
  const server = endsWithTest(await startNats())
  let addresses = ['::1']
  const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((_: string, __: unknown, callback: LookupCallback) => {
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    queueMicrotask(() => callback(null, found))
  }) as never)
  onTestFinished(() => lookup.mockRestore())
  const { statuses, publish } = await natsLink({ url: `nats.test:${server.port}` })
  expect(statuses).toEqual(['down'])
  addresses = ['::1', '127.0.0.1']
  await expect.poll(() => statuses).toEqual(['down', 'up'])
  await publish('a')
})

it('flushes when it is closed: earlier publishes have arrived', async () => {
  const server = endsWithTest(await startNats())
  const { broker, publish } = await natsLink(server)
  const other = await stranger(server)
  const received: string[] = []
  other.subscribe('last', { callback: (_, msg) => received.push(msg.string()) })
  await other.flush()
  const publishing = Promise.all(Array.from({ length: 100 }, (_, i) => publish('last', `${i}`)))
  await broker.close()
  await publishing
  await expect.poll(() => received.length).toBe(100)
})
