import { describe, expect, test, vi } from 'vitest'
import type { Message } from '../messages/message.js'
import { tested } from '../testing/tested.js'

const quiet = (): void => undefined

describe('delivery', () => {
  test('a thousand messages of one turn arrive in order', async () => {
    const { client, relay } = await tested()
    const seen: unknown[] = []
    client.subscribe('good.*', ({ data }) => seen.push(data))
    await relay.settled()
    const other = relay.createClient()
    await Promise.all(Array.from({ length: 1000 }, (_, i) => other.publish('good.apple', i)))
    await relay.settled()
    expect(seen).toEqual(Array.from({ length: 1000 }, (_, i) => i))
  })
  test('all handlers share one message', async () => {
    const { client, relay } = await tested()
    const seen: Message[] = []
    client.subscribe('good.*', (got) => seen.push(got))
    client.subscribe('good.*', (got) => seen.push(got))
    await relay.settled()
    await relay.publish('good.apple', { price: 3 })
    expect(seen[0]).toBe(seen[1])
    expect(seen[0]?.data).toBe(seen[1]?.data)
  })
  test('a handler that throws is reported, and the others still get the message', async () => {
    const { client, relay, errors } = await tested()
    const handler = vi.fn()
    client.subscribe('a', () => {
      throw new Error('boom')
    })
    client.subscribe('a', handler)
    await relay.settled()
    await relay.publish('a', '')
    expect(errors).toEqual([{ code: 'internal', stage: 'handler', message: 'boom' }])
    expect(handler).toHaveBeenCalledOnce()
  })
  test('a handler removed within a delivery gets nothing more, one added then gets the next message', async () => {
    const { client, relay } = await tested()
    const late = vi.fn()
    const second = vi.fn()
    client.subscribe('a', () => {
      undo()
      client.subscribe('a', late)
    })
    const undo = client.subscribe('a', second)
    await relay.settled()
    await relay.publish('a', '')
    expect(second).not.toHaveBeenCalled()
    expect(late).not.toHaveBeenCalled()
    await relay.publish('a', '')
    expect(late).toHaveBeenCalledOnce()
  })
  test('a gap is reported with its count, before the next message', async () => {
    const { client, relay } = await tested({ limits: { backlog: 20_000, resume: 0 } })
    const reports: unknown[] = []
    const onGap = (gap: unknown): unknown => reports.push(gap)
    client.subscribe('a', ({ bytes }) => reports.push(bytes.length), { onGap })
    client.subscribe('b', quiet, { onGap })
    await relay.settled()
    const release = relay.slow(client)
    for (let n = 0; n < 100; n++) await relay.publish('a', 'x'.repeat(1000))
    release()
    await relay.settled()
    await relay.publish('a', 'last')
    const at = reports.findIndex((one) => typeof one === 'object')
    expect(reports[at]).toEqual({ missed: 100 - (reports.length - 2) })
    expect(reports.filter((one) => typeof one === 'object')).toHaveLength(1)
    expect(reports.slice(at + 1)).toContain(4)
  })
  test('messages reach their subscriptions by id after many others have ended', async () => {
    const { client, relay, clock } = await tested()
    const seen: string[] = []
    const undos = Array.from({ length: 100 }, (_, i) => client.subscribe(`n${i}`, ({ subject }) => seen.push(subject)))
    await relay.settled()
    for (const undo of undos.slice(0, 99)) undo()
    await clock.advance(1000)
    client.subscribe('late', ({ subject }) => seen.push(subject))
    await relay.settled()
    for (const subject of ['n0', 'n98', 'n99', 'late']) await relay.publish(subject, '')
    expect(seen).toEqual(['n99', 'late'])
  })
})
