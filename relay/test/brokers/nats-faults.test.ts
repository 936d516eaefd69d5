import dns from 'node:dns'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { endsWithTest } from '../servers/ends-with-test.js'
import { startNats } from '../servers/nats.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { text } from './link.js'
import { natsLink, stranger, subscriptionsAt } from './nats-link.js'

type Tell = (error: null, found: readonly { address: string; family: number }[]) => void

describe('the longest message', () => {
  it('is what the server says, headers counted, and is refused before it is sent', async () => {
    const server = endsWithTest(await startNats({ maxPayload: 100 }))
    const { publish, statuses, request } = await natsLink(server)
    const headers = [['a', 'ü']] as const
    // NATS/1.0, a line for the header, and an empty one.
    const beside = 'NATS/1.0\r\na: xx\r\n\r\n'.length
    await publish('a', 'x'.repeat(100))
    await publish('a', 'x'.repeat(100 - beside), { headers })
    const tooLarge = { code: 'too_large' }
    await expect(publish('a', 'x'.repeat(101))).rejects.toMatchObject(tooLarge)
    await expect(publish('a', 'x'.repeat(101 - beside), { headers })).rejects.toMatchObject(tooLarge)
    await expect(request('a', 'x'.repeat(101))).rejects.toMatchObject(tooLarge)
    expect(statuses).toEqual(['up'])
  })

  it('is known again after the server has hung up over one, since it does not tell before (B10)', async () => {
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

it('refuses a message over which the server hung up twice (B7)', async () => {
  const server = endsWithTest(await startNats({ config: 'max_control_line: 250' }))
  const { publish, statuses, reasons } = await natsLink(server)
  const poison = 'x'.repeat(255)
  for (const hungUp of [1, 2]) {
    await expect(publish(poison)).rejects.toMatchObject({ code: 'interrupted' })
    await expect.poll(() => statuses.filter((now) => now === 'up').length).toBe(hungUp + 1)
  }
  await expect(publish(poison)).rejects.toMatchObject({ code: 'too_large' })
  await publish('fine')
  expect(statuses).toEqual(['up', 'down', 'up', 'down', 'up'])
  expect(reasons[0]).toContain('maximum control line exceeded')
})

it('goes to another address as soon as a server says that it leaves, and loses nothing that it said (B10)', async () => {
  const [first, second] = [endsWithTest(await startNats()), endsWithTest(await startNats())]
  const { statuses, reasons, publish, listen } = await natsLink(first, { addresses: [first.url, second.url] })
  const inbox = await listen('moved')
  first.signal('SIGUSR2')
  await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
  expect(reasons).toEqual(['the NATS server is leaving (lame duck mode)'])
  await publish('moved', 'here')
  expect((await inbox.take(1)).map(text)).toEqual(['here'])
  expect(await subscriptionsAt(second)).toEqual([1])
  await first.kill() // it would take its time
})

it('stays with a server that leaves while there is no other, until it hangs up (B10)', async () => {
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

it('is cut off as a slow consumer: it comes back, and says so (B6)', async () => {
  const server = endsWithTest(await startNats({ maxPayload: 50_000, config: 'max_pending: 100000' }))
  const proxy = endsWithTest(await openProxy(server.port))
  const { statuses, listen, publish } = await natsLink({ url: `127.0.0.1:${proxy.port}` }, { pingIntervalMs: 60_000 })
  const inbox = await listen('flood')
  proxy.stall()
  const there = await stranger(server)
  const payload = new Uint8Array(50_000)
  const cut = server.says(/Slow Consumer Detected/)
  let slow = false
  void cut.then(() => {
    slow = true
  })
  while (!slow) {
    there.publish('flood', payload)
    await there.flush()
  }
  proxy.flow()
  await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
  await publish('flood', 'after')
  await expect.poll(() => text(inbox.messages.at(-1))).toBe('after')
})

it('survives a server that pauses: what was not confirmed is said to be interrupted (B2)', async () => {
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

it('has no more at the server after many losses than after one (B3)', async () => {
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

it('finds a host again each time, whichever of its addresses answers (B5)', async () => {
  const server = endsWithTest(await startNats())
  let addresses = ['::1']
  const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((_: string, __: unknown, tell: Tell) => {
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    queueMicrotask(() => tell(null, found))
  }) as never)
  onTestFinished(() => lookup.mockRestore())
  const { statuses, publish } = await natsLink({ url: `nats.test:${server.port}` })
  expect(statuses).toEqual(['down'])
  addresses = ['::1', '127.0.0.1']
  await expect.poll(() => statuses).toEqual(['down', 'up'])
  await publish('a')
})

it('says goodbye when it is closed: what was published before has arrived', async () => {
  const server = endsWithTest(await startNats())
  const { broker, publish } = await natsLink(server)
  const there = await stranger(server)
  const got: string[] = []
  there.subscribe('last', { callback: (_, msg) => got.push(msg.string()) })
  await there.flush()
  const publishing = Promise.all(Array.from({ length: 100 }, (_, i) => publish('last', `${i}`)))
  await broker.close()
  await publishing
  await expect.poll(() => got.length).toBe(100)
})
