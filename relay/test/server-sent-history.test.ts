import { describe, expect, it } from 'vitest'
import { http, serverSentEvents } from '../src/index.js'
import { type EventSource, eventSource } from './event-source.js'
import { keepingBroker } from './keeping-broker.js'
import { type StartedRelay, startRelay } from './start-relay.js'

/** A relay that keeps the last 3 messages of each subject `room.*`. Publishes `count` of them. */
async function started(count = 0): Promise<StartedRelay> {
  const relay = await startRelay({
    gateways: [http, serverSentEvents],
    brokers: { test: keepingBroker([{ subjects: 'room.*', messages: 3 }]) },
  })
  for (let i = 0; i < count; i++) await publish(relay, 'room.1', `${i}`)
  return relay
}

async function publish({ address }: StartedRelay, subject: string, body: string): Promise<void> {
  await fetch(`http://${address}/publish/${subject}`, { method: 'POST', body })
}

const source = ({ address }: StartedRelay, path: string, headers: Record<string, string> = {}): Promise<EventSource> =>
  eventSource(`http://${address}/subscribe/${path}`, headers)

/** Reads events until the message `last`. */
async function until(events: EventSource, last: string): Promise<{ texts: unknown[]; id: string }> {
  const texts: unknown[] = []
  for (;;) {
    const { event, data, id = '' } = await events.next()
    texts.push(event === 'message' ? data.message : event)
    if (data.message === last) return { texts, id }
  }
}

describe('Server-Sent Events of kept messages', () => {
  it('have the position as the id, with which a client continues', async () => {
    const relay = await started(1)
    const first = await source(relay, 'room.*')
    await publish(relay, 'room.1', '1')
    const { id } = await until(first, '1')
    first.leave()
    await publish(relay, 'room.1', '2')
    const second = await source(relay, 'room.*', { 'last-event-id': id })
    await publish(relay, 'room.1', '3')
    expect((await until(second, '3')).texts).toEqual(['2', '3'])
  })

  it('begin with an id, so that a client that leaves before the first message continues, too', async () => {
    const relay = await started(1)
    const first = await source(relay, 'room.*')
    await expect.poll(() => first.asides).toHaveLength(2)
    const id = String(first.asides[1]).slice('id: '.length)
    first.leave()
    await publish(relay, 'room.1', '1')
    const second = await source(relay, 'room.*', { 'last-event-id': id })
    expect((await until(second, '1')).texts).toEqual(['1'])
  })

  it('report a gap if messages are forgotten, then what is left', async () => {
    const late = await source(await started(6), 'room.*', { 'last-event-id': '0000000000-000000000' })
    expect((await until(late, '5')).texts).toEqual(['gap', '3', '4', '5'])
  })

  it.each(['zzzzzzzzzz-000000001', '0000000001-000000001'])(
    'report one gap after %s of another history, then what is kept, and continue in this one',
    async (id) => {
      const relay = await started(2)
      const first = await source(relay, 'room.*', { 'last-event-id': id })
      expect((await until(first, '1')).texts).toEqual(['gap', '0', '1'])
      first.leave()
      const quiet = await source(relay, 'room.9', { 'last-event-id': id })
      expect((await quiet.next()).event).toBe('gap')
      await expect.poll(() => quiet.asides).toHaveLength(2)
      const own = String(quiet.asides[1]).slice('id: '.length)
      quiet.leave()
      await publish(relay, 'room.9', 'x')
      const again = await source(relay, 'room.9', { 'last-event-id': own })
      expect((await until(again, 'x')).texts).toEqual(['x'])
    },
  )

  it('report a gap to a client that comes back for messages some of which are not kept', async () => {
    const relay = await started(1)
    const first = await source(relay, '**?after=start')
    const { id } = await until(first, '0')
    first.leave()
    await publish(relay, 'lamp.1', 'not kept')
    await publish(relay, 'room.1', '1')
    const second = await source(relay, '**', { 'last-event-id': id })
    expect((await until(second, '1')).texts).toEqual(['gap', '1'])
  })

  it('begin where ?after= or ?last= asks, but for a client that comes back', async () => {
    const relay = await started(3)
    const all = await source(relay, 'room.*?after=start')
    const { texts } = await until(all, '2')
    expect(texts).toEqual(['0', '1', '2'])
    const two = await source(relay, 'room.*?last=2')
    const { texts: newest, id } = await until(two, '2')
    expect(newest).toEqual(['1', '2'])
    await publish(relay, 'room.1', '3')
    const again = await source(relay, 'room.*?last=2', { 'last-event-id': id })
    expect((await until(again, '3')).texts).toEqual(['3'])
  })

  it.each([
    ['room.*?after=x', 400, 'invalid_frame'],
    ['room.*?last=x', 400, 'invalid_frame'],
    ['room.*?last=1&last=2', 400, 'invalid_frame'],
    ['room.*?after=start&last=1', 400, 'invalid_frame'],
    ['lamp.*?after=start', 501, 'unsupported'],
  ])('are refused: %s', async (path, status, code) => {
    const { response } = await source(await started(), path)
    expect([response.status, (await response.text()).split(':')[0]]).toEqual([status, code])
  })
})
