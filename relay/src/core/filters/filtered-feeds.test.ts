import { describe, expect, it } from 'vitest'
import { memory } from '../../brokers/memory.js'
import { fakeClock } from '../../testing/fake-clock.js'
import { type ConnectedLine, type LineFrame, lineRelay, payloadsOf } from '../../testing/line-relay.js'
import { settled } from '../../testing/scripted-link.js'
import type { RelayOptions } from '../relay.js'

/** A client that subscribes and publishes, and returns what it has received since the last call. */
function clientOf(line: ConnectedLine) {
  const received = (): LineFrame[] => line.received().filter((frame) => frame.Received === undefined)
  const sends = async (...frames: object[]): Promise<LineFrame[]> => {
    for (const frame of frames) line.send(frame)
    await settled()
    return received()
  }
  return {
    received,
    sends,
    subscribes: (ref: number, fields: object = {}) => sends({ Subscribe: { ref, subject: 'a.*', ...fields } }),
    publishes: (message: string, fields: object = {}) => sends({ Publish: { subject: 'a.x', message, ...fields } }),
    sets: (subject: string, message: string) => sends({ Publish: { subject, message, retain: true } }),
  }
}

/** A relay with a broker in memory, which keeps values. */
async function relay(options: Partial<RelayOptions> = {}) {
  const clock = fakeClock()
  const main = memory({ clock, newId: () => 'id' })
  const opened = await lineRelay({ clock, brokers: { main }, ...options })
  return { clock, client: () => clientOf(opened.connected()) }
}

const idOf = (frames: readonly LineFrame[]): unknown => frames[0]?.Subscribed?.id
const post = { type: 'post' }
const [get, one, two] = ['{"type":"get"}', '{"type":"post","n":1}', '{"type":"post","n":2}']

describe('a subscription with a filter', () => {
  it('receives the messages that match it (FX-FLT-1, FX-FLT-5, FX-FLT-8)', async () => {
    const { client } = await relay()
    const [reader, writer] = [client(), client()]
    await reader.subscribes(1, { filter: post })
    for (const message of [get, 'string', '7', 'null', '', '{']) expect(await writer.publishes(message)).toEqual([])
    await writer.sends({ Publish: { subject: 'a.x', bytes: '/w==' } })
    expect(reader.received()).toEqual([])
    await writer.publishes(one)
    expect(payloadsOf(reader.received())).toEqual([one])
  })

  it('with null receives the payload null (FX-FLT-6)', async () => {
    const { client } = await relay()
    const reader = client()
    await reader.subscribes(1, { filter: null })
    await reader.publishes('1')
    expect(payloadsOf(await reader.publishes('null'))).toEqual(['null'])
  })

  it('shares its id with equal ones, and with no others', async () => {
    const { client } = await relay()
    const [reader, other] = [client(), client()]
    const first = idOf(await reader.subscribes(1, { filter: { a: 1, b: { c: 2, d: 3 } } }))
    expect(idOf(await other.subscribes(1, { filter: { b: { d: 3, c: 2 }, a: '1' } }))).toBe(first)
    expect(idOf(await reader.subscribes(2, { filter: { b: { d: 3, c: 2 }, a: 1 } }))).toBe(first)
    const others = [
      await reader.subscribes(3),
      await reader.subscribes(4, { filter: { a: 1 } }),
      await reader.subscribes(5, { filter: { a: 1, b: { c: 2, d: 3 } }, policy: { deliver: 'latest' } }),
      await reader.subscribes(6, { filter: null }),
      await reader.subscribes(7, { filter: 'null' }),
    ].map(idOf)
    expect(new Set([first, ...others]).size).toBe(6)
  })

  it('has its rate after its filter', async () => {
    const { client, clock } = await relay()
    const [reader, writer] = [client(), client()]
    await reader.subscribes(1, { filter: post, policy: { max_rate: 1 } })
    for (const message of [get, one, get, two, get]) await writer.publishes(message)
    clock.advance(5000)
    await settled()
    expect(payloadsOf(reader.received())).toEqual([one, two])
  })

  it.each([{ group: 'g' }, { serve: true }])('is refused with %j', async (fields) => {
    const { client } = await relay()
    const answer = await client().subscribes(1, { subject: 'a.x', filter: post, ...fields })
    expect(answer).toMatchObject([
      { Error: { ref: 1, code: 'invalid_frame', message: expect.stringMatching(/"filter"/) } },
    ])
  })

  it('is no permission', async () => {
    const { client } = await relay({ brokers: { main: memory({ clock: fakeClock(), newId: () => 'id' }) } })
    const answer = await client().subscribes(1, { subject: '$secret.x', filter: post })
    expect(answer).toEqual(await client().subscribes(1, { subject: '$secret.x' }))
    expect(answer).toMatchObject([{ Error: { code: 'forbidden' } }])
  })

  it('is gone when it is unsubscribed: another one gets another id', async () => {
    const { client, clock } = await relay()
    const [reader, writer] = [client(), client()]
    const id = idOf(await reader.subscribes(1, { filter: post }))
    await reader.sends({ Unsubscribe: { ref: 2, id } })
    await writer.publishes(one)
    expect(idOf(await reader.subscribes(3, { filter: post }))).toBe(id)
    await reader.sends({ Unsubscribe: { ref: 4, id } })
    await writer.subscribes(1)
    expect(idOf(await reader.subscribes(5, { filter: post }))).not.toBe(id)
    expect(payloadsOf(await reader.publishes(one))).toEqual([one])
    clock.advance(5000)
    expect(payloadsOf(await reader.publishes(two))).toEqual([two])
  })
})

describe('the bounds of filters', () => {
  it('a session has 32, and may have another when one is gone', async () => {
    const { client } = await relay()
    const [reader, other] = [client(), client()]
    const many = Array.from({ length: 33 }, (_, n) => ({ Subscribe: { ref: n, subject: `a.${n}`, filter: { n } } }))
    const answers = await reader.sends(...many)
    expect(answers.filter(({ Subscribed }) => Subscribed)).toHaveLength(32)
    expect(answers.find((frame) => frame.Error)?.Error).toMatchObject({
      ref: 32,
      code: 'rate_limited',
      message: expect.stringMatching(/32 filters at most; .*narrower pattern/),
    })
    expect(idOf(await reader.sends({ Subscribe: { ref: 40, subject: 'a.1', filter: { n: '1' } } }))).toBeDefined()
    expect(idOf(await reader.subscribes(41))).toBeDefined()
    expect(idOf(await other.subscribes(1, { filter: post }))).toBeDefined()
    await reader.sends({ Unsubscribe: { ref: 42, id: idOf(answers) } })
    expect(idOf(await reader.subscribes(43, { filter: post }))).toBeDefined()
  })

  it('a pattern has 1,000 of all sessions, and may have another when one is gone', async () => {
    const { client } = await relay()
    const readers = Array.from({ length: 34 }, client)
    const filters = Array.from({ length: 1000 }, (_, n) => ({ Subscribe: { ref: n, subject: 'a.*', filter: { n } } }))
    for (const [i, reader] of readers.entries()) await reader.sends(...filters.slice(i * 30, i * 30 + 30))
    const last = client()
    const refused = { ref: 1, code: 'rate_limited', message: expect.stringMatching(/1000 filters of all clients; /) }
    expect(await last.subscribes(1, { filter: { n: 1000 } })).toMatchObject([{ Error: refused }])
    const shared = idOf(await last.subscribes(2, { filter: { n: 5 } }))
    expect(shared).toBeDefined()
    expect(idOf(await last.subscribes(3, { subject: 'b.*', filter: { n: 1000 } }))).toBeDefined()
    expect(payloadsOf(await last.publishes('{"n":"5"}'))).toEqual(['{"n":"5"}'])
    await readers[0]?.sends({ Unsubscribe: { ref: 5, id: shared } })
    expect(await last.subscribes(4, { filter: { n: 1000 } })).toMatchObject([{ Error: { code: 'rate_limited' } }])
    await last.sends({ Unsubscribe: { ref: 6, id: shared } })
    expect(idOf(await last.subscribes(7, { filter: { n: 1000 } }))).toBeDefined()
  })

  it('a long or deep one is refused, and others are served', async () => {
    const { client } = await relay()
    const reader = client()
    const deep = JSON.parse(`${'['.repeat(9)}1${']'.repeat(9)}`)
    const answers = await reader.sends(
      { Subscribe: { ref: 3, subject: 'a.*', filter: 'x'.repeat(3_000_000) } },
      { Subscribe: { ref: 1, subject: 'a.*', filter: 'x'.repeat(60_000) } },
      { Subscribe: { ref: 2, subject: 'a.*', filter: deep } },
      { Subscribe: { ref: 4, subject: 'a.*', filter: post } },
    )
    expect(answers).toMatchObject([
      { Error: { ref: 3, code: 'invalid_frame', message: expect.stringMatching(/longer than 65536 bytes/) } },
      { Error: { ref: 1, code: 'too_large', message: expect.stringMatching(/"filter".*1024 bytes; name less/) } },
      { Error: { ref: 2, code: 'too_large', message: expect.stringMatching(/"filter".*8 levels; name less/) } },
      { Subscribed: { ref: 4 } },
    ])
  })
})

describe('the values of a filter', () => {
  const fill = async (writer: ReturnType<typeof clientOf>): Promise<void> => {
    await writer.sets('a.x', one)
    await writer.sets('a.y', get)
    await writer.sets('a.z', 'text')
  }
  const brief = (frames: readonly LineFrame[]): unknown[] =>
    frames.flatMap<unknown>(({ Message, Synced }) => {
      if (Synced) return ['synced']
      if (!Message) return []
      const { subject, message, left, deleted, retained } = Message
      return [
        [
          subject,
          message,
          ...(left ? ['left'] : []),
          ...(deleted ? ['deleted'] : []),
          ...(retained ? ['retained'] : []),
        ],
      ]
    })

  it('are those that match (FX-FLT-7)', async () => {
    const { client } = await relay()
    const [reader, writer] = [client(), client()]
    await fill(writer)
    expect(brief(await reader.subscribes(1, { filter: post, retained: true }))).toEqual([
      ['a.x', one, 'retained'],
      'synced',
    ])
    expect(brief(await reader.subscribes(2, { filter: post, snapshot: true }))).toEqual([
      ['a.x', one, 'retained'],
      'synced',
    ])
  })

  it('that leave it are sent once, without payload; others are not mentioned', async () => {
    const { client } = await relay()
    const [reader, writer] = [client(), client()]
    await fill(writer)
    await reader.subscribes(1, { filter: post, retained: true })
    const news = async (subject: string, message: string): Promise<unknown[]> => {
      await writer.sets(subject, message)
      return brief(reader.received())
    }
    expect(await news('a.x', two)).toEqual([['a.x', two]])
    expect(await news('a.x', get)).toEqual([['a.x', '', 'left']])
    expect(await news('a.x', get)).toEqual([])
    expect(await news('a.x', one)).toEqual([['a.x', one]])
    expect(await news('a.x', 'text')).toEqual([['a.x', '', 'left']])
    expect(await news('a.x', '')).toEqual([])
    expect(await news('a.y', one)).toEqual([['a.y', one]])
    expect(await news('a.y', '')).toEqual([['a.y', '', 'deleted']])
    expect(await news('a.z', '')).toEqual([])
    await writer.publishes(get)
    expect(brief(reader.received())).toEqual([])
  })

  it('that leave it bear the revision of the change, and nothing of its content', async () => {
    const { client } = await relay()
    const [reader, writer] = [client(), client()]
    const id = idOf(await reader.subscribes(1, { filter: post, retained: true }))
    await writer.sets('a.x', one)
    reader.received()
    const set = { ref: 9, subject: 'a.x', message: get, retain: true, headers: { secret: 'x' } }
    const [answer] = await writer.sends({ Publish: set })
    const revision = answer?.Ack?.revision
    const left = { id, subject: 'a.x', message: '', broker: 'main', revision, left: true }
    expect([revision, reader.received()]).toEqual([expect.any(String), [{ Message: left }]])
  })

  it('that leave it are sent to those who read values', async () => {
    const { client } = await relay()
    const [reader, listener, plain, writer] = [client(), client(), client(), client()]
    await reader.subscribes(1, { filter: post, retained: true })
    expect(idOf(await listener.subscribes(1, { filter: post }))).toBeDefined()
    await plain.subscribes(1)
    for (const message of [one, get, two, '']) await writer.sets('a.x', message)
    expect(brief(reader.received())).toEqual([
      ['a.x', one],
      ['a.x', '', 'left'],
      ['a.x', two],
      ['a.x', '', 'deleted'],
    ])
    expect(payloadsOf(listener.received())).toEqual([one, two])
    expect(payloadsOf(plain.received())).toEqual([one, get, two, ''])
    await listener.subscribes(2, { filter: post, retained: true })
    await writer.sets('a.x', one)
    await writer.sets('a.x', get)
    expect(brief(listener.received())).toEqual([
      ['a.x', one],
      ['a.x', '', 'left'],
    ])
  })

  it('that leave it while they wait for a rate replace what matched', async () => {
    const { client, clock } = await relay()
    const [reader, writer] = [client(), client()]
    await reader.subscribes(1, { filter: post, retained: true, policy: { max_rate: 1 } })
    for (const [subject, message] of [
      ['a.x', one],
      ['a.y', one],
      ['a.y', get],
    ] as const)
      await writer.sets(subject, message)
    clock.advance(5000)
    await settled()
    expect(brief(reader.received())).toEqual([
      ['a.x', one],
      ['a.y', '', 'left'],
    ])
  })

  it('of presence are the members that match', async () => {
    const { client } = await relay()
    const [reader, ada, bob] = [client(), client(), client()]
    await ada.sends({ Enter: { ref: 1, subject: 'room', member: 'ada', message: one } })
    await bob.sends({ Enter: { ref: 1, subject: 'room', member: 'bob', message: get } })
    const frames = await reader.subscribes(1, { subject: '$presence.room.*', filter: post, retained: true })
    expect(brief(frames)).toEqual([['$presence.room.anonymous~ada', one, 'retained'], 'synced'])
    await ada.sends({ Enter: { ref: 2, subject: 'room', member: 'ada', message: get } })
    expect(brief(reader.received())).toEqual([['$presence.room.anonymous~ada', '', 'left']])
  })
})
