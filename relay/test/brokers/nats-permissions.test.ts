import { parsePattern, type WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import type { Listener } from '../../src/core/broker.js'
import { deaf } from '../../src/testing/listener.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { startNats } from '../servers/nats.js'
import { text } from './link.js'
import { natsLink, subscriptionsAt } from './nats-link.js'

describe('permissions of the server (B10)', () => {
  const auth = { kind: 'user', user: 'relay', password: 'x' } as const
  const may = (permissions: string): string =>
    `authorization { users: [
      { user: relay, password: x, permissions: { ${permissions} } }
      { user: other, password: x }
    ] }`
  const forbidden = { code: 'forbidden' }

  it('reject a forbidden publish, and no other command of the same turn', async () => {
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
    expect(ends.map((end) => (end.status === 'rejected' ? end.reason.code : 'accepted'))).toEqual([
      'accepted',
      'forbidden',
      'accepted',
      'forbidden',
      'forbidden',
      'accepted',
      'forbidden',
    ])
    expect((await inbox.take(3)).map(text)).toEqual(['1', '2', '3'])
    expect(statuses).toEqual(['up'])
  })

  it('reject a forbidden subscription, and the link stays up', async () => {
    const server = endsWithTest(await startNats({ config: may('subscribe: { deny: ["secret.>", "no.queue queue"] }') }))
    const { listen, statuses, publish } = await natsLink(server, { auth })
    const inbox = await listen('open.**')
    for (const refused of [
      listen('secret.a'),
      listen('secret.*.\u200b"'),
      listen('secret.**.b'),
      // `secret` alone is allowed, but not `secret.>`.
      listen('secret.**'),
      listen('no.queue', { group: 'queue' }),
      listen('secret.served', { serve: true }),
    ])
      await expect(refused).rejects.toMatchObject(forbidden)
    await publish('open.a', 'here')
    expect((await inbox.take(1)).map(text)).toEqual(['here'])
    expect({ statuses, subscriptions: await subscriptionsAt(server) }).toEqual({ statuses: ['up'], subscriptions: [2] })
  })

  it('that are withdrawn end the subscriptions that are then forbidden, and no others', async () => {
    const server = endsWithTest(await startNats({ config: may('subscribe: ">"') }))
    const { broker, listen, publish, statuses } = await natsLink(server, { auth })
    const inbox = await listen('open')
    const ended: string[] = []
    const listenerOf = (name: string): Listener => ({ ...deaf, ended: ({ code }) => ended.push(`${name} ${code}`) })
    await broker.subscribe({ pattern: parsePattern('secret.a') }, listenerOf('a'))
    const undo = await broker.subscribe({ pattern: parsePattern('secret.**') }, listenerOf('**'))
    await server.reload(may('subscribe: { allow: [">"], deny: ["secret.>"] }'))
    await expect.poll(() => ended.toSorted()).toEqual(['** forbidden', 'a forbidden'])
    await undo()
    await publish('open', 'still here')
    expect((await inbox.take(1)).map(text)).toEqual(['still here'])
    await expect(listen('secret.a')).rejects.toMatchObject(forbidden)
    expect({ statuses, subscriptions: await subscriptionsAt(server) }).toEqual({ statuses: ['up'], subscriptions: [1] })
  })

  it('that are removed with the user end the link, which reports it, and reconnects when they are back', async () => {
    const server = endsWithTest(await startNats({ config: may('subscribe: ">"') }))
    const { listen, publish, statuses, reasons } = await natsLink(server, { auth })
    const inbox = await listen('open')
    await server.reload('authorization { users: [{ user: other, password: x }] }')
    await expect.poll(() => reasons.at(-1)).toContain('refused the user or the password: look at "auth"')
    await server.reload(may('subscribe: ">"'))
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    await publish('open', 'here')
    expect((await inbox.take(1)).map(text)).toEqual(['here'])
  })

  it('that deny the inbox forbid requests, until it is allowed', async () => {
    const server = endsWithTest(await startNats({ config: may('subscribe: { deny: ["_INBOX.>"] }') }))
    const { request, serve } = await natsLink(server, { auth })
    await serve('sum', () => [{ payload: '3' }])
    await expect(request('sum')).rejects.toMatchObject(forbidden)
    await server.reload(may('subscribe: ">"'))
    expect(text(await request('sum'))).toBe('3')
  })
})

it('a subscription beyond the limit of the server is refused, and the others stay', async () => {
  const server = endsWithTest(await startNats({ config: 'max_subscriptions: 3' }))
  const { listen, publish, statuses } = await natsLink(server)
  const ends = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map((subject) => listen(subject)))
  const codes = ends.map((end) => (end.status === 'rejected' ? (end.reason as WildcastError).code : 'accepted'))
  expect(codes).toEqual(['accepted', 'accepted', 'accepted', 'too_many_subscriptions', 'too_many_subscriptions'])
  await publish('c', 'here')
  const [, , third] = ends
  expect(third?.status === 'fulfilled' && (await third.value.take(1)).map(text)).toEqual(['here'])
  expect(statuses).toEqual(['up'])
})
