import { parsePattern, type WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import type { Listener } from '../../src/brokers/broker.js'
import { deaf } from '../../src/testing/listener.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Nats, startNats } from '../servers/nats.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { natsLink, stranger, text } from './nats-link.js'

/** How many subscriptions each client has at the server. */
async function subscriptionsAt(server: Nats): Promise<number[]> {
  const { connections } = (await (await fetch(`${server.monitor}/connz`)).json()) as {
    connections: { subscriptions: number }[]
  }
  return connections.map(({ subscriptions }) => subscriptions)
}

describe('permissions of the server (B10)', () => {
  const auth = { kind: 'user', user: 'relay', password: 'x' } as const
  const may = (permissions: string): string =>
    `authorization { users: [{ user: relay, password: x, permissions: { ${permissions} } }, { user: other, password: x }] }`
  const forbidden = { code: 'forbidden' }

  it('refuse a publish to its publisher only, whatever else is said in the same turn', async () => {
    const server = endsWithTest(await startNats({ config: may('publish: { deny: ["secret.>", "quoted.>"] }') }))
    const { publish, listen, statuses, broker } = await natsLink(server, { auth })
    const inbox = await listen('open.*')
    const quoted = 'quoted.a"b\\c\u200b\u00e9'
    const ends = await Promise.allSettled([
      publish('open.1', '1'),
      publish('secret.1'),
      publish('open.2', '2'),
      publish(quoted),
      publish('secret.1'),
      publish('open.3', '3', { responseSubject: 'a.b' as never }),
      broker.request?.({ subject: parsePattern('secret.2'), payload: '' }, { timeoutMs: 60_000 }),
    ])
    expect(ends.map((end) => (end.status === 'rejected' ? end.reason.code : 'taken'))).toEqual([
      'taken',
      'forbidden',
      'taken',
      'forbidden',
      'forbidden',
      'taken',
      'forbidden',
    ])
    expect((await inbox.take(3)).map(text)).toEqual(['1', '2', '3'])
    expect(statuses).toEqual(['up'])
  })

  it('refuse a subscription to who asked for it, and the link stands', async () => {
    const server = endsWithTest(await startNats({ config: may('subscribe: { deny: ["secret.>", "no.queue queue"] }') }))
    const { listen, statuses, publish } = await natsLink(server, { auth })
    const inbox = await listen('open.**')
    for (const refused of [
      listen('secret.a'),
      listen('secret.*.\u200b"'),
      listen('secret.**.b'),
      // `secret` alone may be heard, what is below it not.
      listen('secret.**'),
      listen('no.queue', { group: 'queue' }),
      listen('secret.served', { serve: true }),
    ])
      await expect(refused).rejects.toMatchObject(forbidden)
    await publish('open.a', 'here')
    expect((await inbox.take(1)).map(text)).toEqual(['here'])
    expect([statuses, await subscriptionsAt(server)]).toEqual([['up'], [2]])
  })

  it('that are withdrawn end what they forbid, and nothing else', async () => {
    const server = endsWithTest(await startNats({ config: may('subscribe: ">"') }))
    const { broker, listen, publish, statuses } = await natsLink(server, { auth })
    const inbox = await listen('open')
    const ended: string[] = []
    const losing = (name: string): Listener => ({ ...deaf, ended: ({ code }) => ended.push(`${name} ${code}`) })
    await broker.subscribe({ pattern: parsePattern('secret.a') }, losing('a'))
    const undo = await broker.subscribe({ pattern: parsePattern('secret.**') }, losing('**'))
    await server.reload(may('subscribe: { allow: [">"], deny: ["secret.>"] }'))
    await expect.poll(() => ended.toSorted()).toEqual(['** forbidden', 'a forbidden'])
    await undo()
    await publish('open', 'still here')
    expect((await inbox.take(1)).map(text)).toEqual(['still here'])
    await expect(listen('secret.a')).rejects.toMatchObject(forbidden)
    expect([statuses, await subscriptionsAt(server)]).toEqual([['up'], [1]])
  })

  it('that leave no room for answers forbid requests, until they are given', async () => {
    const server = endsWithTest(await startNats({ config: may('subscribe: { deny: ["_INBOX.>"] }') }))
    const { request, serve } = await natsLink(server, { auth })
    await serve('sum', () => [{ payload: '3' }])
    await expect(request('sum')).rejects.toMatchObject(forbidden)
    await server.reload(may('subscribe: ">"'))
    expect(text(await request('sum'))).toBe('3')
  })
})

it('says that the server takes no more subscriptions, and keeps those that it took', async () => {
  const server = endsWithTest(await startNats({ config: 'max_subscriptions: 3' }))
  const { listen, publish, statuses } = await natsLink(server)
  const ends = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map((subject) => listen(subject)))
  const codes = ends.map((end) => (end.status === 'rejected' ? (end.reason as WildcastError).code : 'taken'))
  expect(codes).toEqual(['taken', 'taken', 'taken', 'too_many_subscriptions', 'too_many_subscriptions'])
  await publish('c', 'here')
  const [, , third] = ends
  expect(third?.status === 'fulfilled' && (await third.value.take(1)).map(text)).toEqual(['here'])
  expect(statuses).toEqual(['up'])
})

describe('the longest message', () => {
  it('is what the server says, headers counted, and is refused before it is sent', async () => {
    const server = endsWithTest(await startNats({ maxPayload: 100 }))
    const { publish, statuses, request } = await natsLink(server)
    const headers = new Map([['a', 'ü']])
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

  it('is known anew after the server has hung up over one, since it does not tell before (B10)', async () => {
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
