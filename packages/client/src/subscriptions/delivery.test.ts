import { describe, expect, test, vi } from 'vitest'
import type { Message } from '../messages/message.js'
import { connect } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import { message } from '../testing/message-frame.js'

const quiet = (): void => undefined

describe('delivery', () => {
  test('a thousand messages of one turn arrive in order', async () => {
    const { client, relay } = await connect()
    const seen: unknown[] = []
    client.subscribe('good.*', ({ data }) => seen.push(data))
    await settle()
    for (let i = 0; i < 1000; i++) relay.link.send(message(1, 'good.apple', `${i}`))
    expect(seen).toEqual(Array.from({ length: 1000 }, (_, i) => i))
  })
  test('all handlers share one message', async () => {
    const { client, relay } = await connect()
    const seen: Message[] = []
    client.subscribe('good.*', (got) => seen.push(got))
    client.subscribe('good.*', (got) => seen.push(got))
    await settle()
    relay.link.send(message(1, 'good.apple', '{"price":3}'))
    expect(seen[0]).toBe(seen[1])
    expect(seen[0]?.data).toBe(seen[1]?.data)
  })
  test('a handler that throws is reported, and the others still get the message', async () => {
    const { client, relay, errors } = await connect()
    const handler = vi.fn()
    client.subscribe('a', () => {
      throw new Error('boom')
    })
    client.subscribe('a', handler)
    await settle()
    relay.link.send(message(1, 'a'))
    expect(errors).toEqual([{ code: 'internal', stage: 'handler', message: 'boom' }])
    expect(handler).toHaveBeenCalledOnce()
  })
  test('a handler removed within a delivery gets nothing more, one added then gets the next message', async () => {
    const { client, relay } = await connect()
    const late = vi.fn()
    const second = vi.fn()
    client.subscribe('a', () => {
      undo()
      client.subscribe('a', late)
    })
    const undo = client.subscribe('a', second)
    await settle()
    relay.link.send(message(1, 'a'))
    expect(second).not.toHaveBeenCalled()
    expect(late).not.toHaveBeenCalled()
    relay.link.send(message(1, 'a'))
    expect(late).toHaveBeenCalledOnce()
  })
  test('a Gap is reported with its count, before the next message', async () => {
    const { client, relay } = await connect()
    const reports: unknown[] = []
    const onGap = (gap: unknown): unknown => reports.push(gap)
    client.subscribe('a', ({ data }) => reports.push(data), { onGap })
    client.subscribe('b', quiet, { onGap })
    await settle()
    relay.link.send({ kind: 'Gap', id: 1, missed: 7 })
    relay.link.send(message(1, 'a', 'x'))
    relay.link.send({ kind: 'Gap', id: 1 })
    expect(reports).toEqual([{ missed: 7 }, 'x', {}])
  })
  test('unknown frames of a newer relay do not affect a subscription', async () => {
    const { client, relay, errors } = await connect()
    const seen: Message[] = []
    client.subscribe('a', (got) => seen.push(got))
    await settle()
    relay.link.send({ kind: 'KindOfTomorrow', id: 1 } as never)
    relay.link.send(message(1, 'a'))
    expect(seen).toHaveLength(1)
    expect(relay.link.all('Subscribe')).toHaveLength(1)
    expect(errors).toEqual([])
  })
  test('messages reach their subscriptions by id after many others have ended', async () => {
    const { client, relay, clock } = await connect()
    const seen: string[] = []
    const undos = Array.from({ length: 100 }, (_, i) => client.subscribe(`n${i}`, ({ subject }) => seen.push(subject)))
    await settle()
    for (const undo of undos.slice(0, 99)) undo()
    await clock.advance(1000)
    client.subscribe('late', ({ subject }) => seen.push(subject))
    await settle()
    for (const id of [1, 99, 100, 101]) relay.link.send(message(id, `id ${id}`))
    expect(seen).toEqual(['id 100', 'id 101'])
  })
})
