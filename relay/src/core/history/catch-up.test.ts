import { describe, expect, it } from 'vitest'
import { type HistoryClient, historyRelay, kindsOf, messagesOf } from '../../testing/history-relay.js'
import { rule } from '../../testing/history-under-test.js'
import { settled } from '../../testing/scripted-link.js'

const rules = [rule('room.*.msg', { messages: 5 })]

async function open(messages = 0): Promise<{ writer: HistoryClient; client(): HistoryClient; positions: string[] }> {
  const relay = await historyRelay(rules)
  const writer = relay.client()
  const positions: string[] = []
  for (let i = 0; i < messages; i++) positions.push(await writer.publish('room.1.msg', `${i}`))
  return { writer, client: relay.client, positions }
}

const ask = (fields: object, subject = 'room.*.msg'): object => ({ Subscribe: { ref: 7, subject, ...fields } })

describe('a subscriber that asks for the messages after a position', () => {
  it('gets them in order, then Synced, then what follows', async () => {
    const { writer, client, positions } = await open(3)
    const reader = client()
    const frames = await reader.sends(ask({ after: positions[0] }))
    expect(kindsOf(frames)).toEqual(['Subscribed', 'Message', 'Message', 'Synced'])
    expect(frames[0]?.Subscribed).toMatchObject({ ref: 7, position: positions[2], recovered: true })
    expect(frames[1]?.Message).toMatchObject({ ref: 7, replayed: true, position: positions[1], message: '1' })
    expect(frames[3]?.Synced).toMatchObject({ ref: 7, id: frames[0]?.Subscribed?.id })
    const position = await writer.publish('room.1.msg', 'live')
    const [live] = reader.received()
    expect(live?.Message).toMatchObject({ position, message: 'live' })
    expect(live?.Message).not.toHaveProperty('replayed')
  })

  it('learns that messages are forgotten, and gets those that are left', async () => {
    const { client, positions } = await open(8)
    const late = await client().sends(ask({ after: positions[1] }))
    expect(kindsOf(late)).toEqual(['Subscribed', 'Gap', ...Array(5).fill('Message'), 'Synced'])
    expect(late[0]?.Subscribed?.recovered).toBe(false)
    const inTime = await client().sends(ask({ after: positions[2] }))
    expect(inTime[0]?.Subscribed?.recovered).toBe(true)
    expect(messagesOf(inTime)).toEqual(['3!', '4!', '5!', '6!', '7!'])
  })

  it('learns that its position is of another history', async () => {
    const { client, positions } = await open(2)
    for (const after of ['zzzzzzzzzz-000000001', positions[1]?.replace(/.$/, 'z')]) {
      const frames = await client().sends(ask({ after }))
      expect(frames[0]?.Subscribed?.recovered).toBe(false)
      expect(kindsOf(frames)).toContain('Gap')
    }
  })

  it('gets what is kept after a position of another history that is after all, then live messages', async () => {
    const { writer, client } = await open(2)
    const reader = client()
    const frames = await reader.sends(ask({ after: 'zzzzzzzzzz-000000001' }))
    expect(kindsOf(frames)).toEqual(['Subscribed', 'Gap', 'Message', 'Message', 'Synced'])
    expect(messagesOf(frames)).toEqual(['0!', '1!'])
    expect(frames[1]?.Gap).toMatchObject({ ref: 7, id: frames[0]?.Subscribed?.id })
    await writer.publish('room.1.msg', 'live')
    expect(messagesOf(reader.received())).toEqual(['live'])
  })

  it('is answered although it unsubscribes from an equal subscription before', async () => {
    const { writer, client } = await open(2)
    const reader = client()
    const [plain] = await reader.sends({ Subscribe: { ref: 1, subject: 'room.*.msg' } })
    reader.send(ask({ after: 'start' }))
    reader.send({ Unsubscribe: { ref: 2, id: plain?.Subscribed?.id } })
    await settled()
    const frames = reader.received()
    expect(kindsOf(frames)).toEqual(['Unsubscribed', 'Subscribed', 'Message', 'Message', 'Synced'])
    await writer.publish('room.1.msg', 'live')
    expect(messagesOf(reader.received())).toEqual(['live'])
  })

  it('learns whether all messages of the pattern are kept', async () => {
    const { client } = await open(1)
    for (const fields of [{}, { after: 'start' }, { last: 1 }]) {
      expect((await client().sends(ask(fields)))[0]?.Subscribed).toMatchObject({ whole: true })
      expect((await client().sends(ask(fields, 'room.**')))[0]?.Subscribed).not.toHaveProperty('whole')
    }
  })

  it('has recovered from the start only if nothing was ever forgotten', async () => {
    const { writer, client } = await open(5)
    const complete = await client().sends(ask({ after: 'start' }))
    expect([complete[0]?.Subscribed?.recovered, messagesOf(complete).length]).toEqual([true, 5])
    await writer.publish('room.1.msg', 'one more')
    expect((await client().sends(ask({ after: 'start' })))[0]?.Subscribed?.recovered).toBe(false)
  })

  it('gets messages that are not kept at once, and kept ones once each', async () => {
    const { writer, client } = await open(2)
    const reader = client()
    reader.send(ask({ after: 'start' }, 'room.**'))
    writer.send({ Publish: { subject: 'room.1.typing', message: 't' } })
    writer.send({ Publish: { subject: 'room.1.msg', message: '2' } })
    await settled()
    const messages = messagesOf(reader.received()).map((message) => message.replace('!', ''))
    expect(messages.filter((message) => message !== 't')).toEqual(['0', '1', '2'])
  })

  it('shares an id with plain subscribers of the pattern', async () => {
    const { client } = await open(1)
    const [plain] = await client().sends(ask({}))
    const [reader] = await client().sends(ask({ after: 'start' }))
    expect(reader?.Subscribed?.id).toBe(plain?.Subscribed?.id)
  })

  it('gets the messages of a subscription that it has, once more', async () => {
    const { writer, client } = await open(2)
    const reader = client()
    await reader.sends({ Subscribe: { ref: 1, subject: 'room.*.msg' } })
    const frames = await reader.sends(ask({ after: 'start' }))
    expect(kindsOf(frames)).toEqual(['Subscribed', 'Message', 'Message', 'Synced'])
    await writer.publish('room.1.msg', 'live')
    expect(messagesOf(reader.received())).toEqual(['live'])
  })

  it('gets nothing more after Unsubscribe', async () => {
    const { client, writer } = await open(3)
    const reader = client()
    reader.send(ask({ after: 'start' }))
    await settled()
    const [subscribed] = reader.received()
    await reader.sends({ Unsubscribe: { ref: 8, id: subscribed?.Subscribed?.id } })
    await writer.publish('room.1.msg', 'later')
    expect(reader.received()).toEqual([])
  })
})

describe('a subscriber that asks for the last messages', () => {
  it.each([
    [0, []],
    [2, ['3!', '4!']],
    [5, ['0!', '1!', '2!', '3!', '4!']],
    [100, ['0!', '1!', '2!', '3!', '4!']],
  ])('gets %d of them', async (last, expected) => {
    const { client } = await open(5)
    const frames = await client().sends(ask({ last }))
    expect(messagesOf(frames)).toEqual(expected)
    expect(kindsOf(frames).at(-1)).toBe('Synced')
    expect(frames[0]?.Subscribed).not.toHaveProperty('recovered')
  })
})

describe('a page of the history', () => {
  const page = (fields: object): object => ask({ snapshot: true, ...fields })

  it('has the newest messages before a position, or the oldest after it, in order', async () => {
    const { client, positions } = await open(5)
    const reader = client()
    const frames = await reader.sends(page({ before: positions[3], limit: 2 }))
    expect(kindsOf(frames)).toEqual(['Subscribed', 'Message', 'Message', 'Synced'])
    expect(messagesOf(frames)).toEqual(['1!', '2!'])
    expect(frames[0]?.Subscribed).not.toHaveProperty('id')
    expect(messagesOf(await reader.sends(page({ after: positions[1], limit: 2 })))).toEqual(['2!', '3!'])
    expect(messagesOf(await reader.sends(page({ limit: 2 })))).toEqual(['3!', '4!'])
    expect(messagesOf(await reader.sends(page({ after: 'start' })))).toHaveLength(5)
    expect(messagesOf(await reader.sends(page({ before: positions[0], limit: 2 })))).toEqual([])
  })

  it('after a position of another history that is after all begins at the start', async () => {
    const { client } = await open(3)
    const frames = await client().sends(page({ after: 'zzzzzzzzzz-000000001', limit: 2 }))
    expect(frames[0]?.Subscribed?.recovered).toBe(false)
    expect(messagesOf(frames)).toEqual(['0!', '1!'])
  })

  it('is not followed by live messages', async () => {
    const { writer, client } = await open(1)
    const reader = client()
    await reader.sends(page({ limit: 10 }))
    await writer.publish('room.1.msg', 'live')
    expect(reader.received()).toEqual([])
  })
})

it.each([
  ['a position that no relay can have written', { after: 'yesterday' }, 'invalid_frame'],
  ['both bounds', { after: 'start', last: 3 }, 'invalid_frame'],
  ['two bounds of a page', { after: 'start', before: 'start', snapshot: true }, 'invalid_frame'],
  ['a page without "snapshot"', { before: 'start' }, 'invalid_frame'],
  ['values and history at once', { after: 'start', retained: true }, 'invalid_frame'],
  ['a group', { after: 'start', group: 'g' }, 'invalid_frame'],
  ['a pattern that no rule touches', { after: 'start', subject: 'lamp.*' }, 'unsupported'],
])('%s is refused', async (_, fields, code) => {
  const { client } = await open(1)
  const [answer] = await client().sends(ask(fields))
  expect(answer?.Error).toMatchObject({ ref: 7, code })
})

it('a plain subscriber learns the newest position, if messages of its pattern are kept', async () => {
  const { client, positions } = await open(2)
  const reader = client()
  expect((await reader.sends(ask({})))[0]?.Subscribed?.position).toBe(positions[1])
  expect((await reader.sends(ask({}, 'lamp.*')))[0]?.Subscribed).not.toHaveProperty('position')
})

it('a session that asks again and again, and does not read, reaches its limit', async () => {
  const { client } = await open(2)
  const reader = client()
  await reader.sends(ask({}))
  reader.connection.stop()
  for (let ref = 10; ref < 1100; ref++)
    await reader.sends({ Subscribe: { ref, subject: 'room.*.msg', after: 'start' } })
  reader.connection.readOn(Number.POSITIVE_INFINITY)
  await settled()
  expect(reader.connection.text).toContain('"code":"too_many_subscriptions"')
})

it('a message to a pattern of which messages are kept is refused: it would be missing without a gap', async () => {
  const { writer, client, positions } = await open(1)
  const reader = client()
  await reader.sends({ Subscribe: { ref: 1, subject: '**' } })
  const publish = (subject: string): object => ({ Publish: { ref: 9, subject, message: 'all', wildcard: true } })
  for (const subject of ['room.*.msg', 'room.1.*', '**']) {
    const [refused] = await writer.sends(publish(subject))
    expect(refused?.Error).toMatchObject({ ref: 9, code: 'unsupported' })
  }
  expect(reader.received()).toEqual([])
  const [exact] = await writer.sends(publish('room.1.msg'))
  expect(String(exact?.Ack?.position) > String(positions[0])).toBe(true)
  const [other] = await writer.sends(publish('news.*'))
  expect(other?.Ack).toEqual({ ref: 9 })
  expect(messagesOf(reader.received())).toEqual(['all', 'all'])
})
