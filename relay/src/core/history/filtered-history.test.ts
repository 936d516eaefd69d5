import { describe, expect, it } from 'vitest'
import { type HistoryClient, historyRelay, kindsOf, messagesOf } from '../../testing/history-relay.js'
import { rule } from '../../testing/history-under-test.js'

const post = (n: number): string => `{"type":"post","n":${n}}`
const get = (n: number): string => `{"type":"get","n":${n}}`
const filter = { type: 'post' }

/** Posts 0, 2, 4, … between others. */
async function open(messages: number): Promise<{ writer: HistoryClient; client(): HistoryClient; at: string[] }> {
  const relay = await historyRelay([rule('room.*.msg', { messages: 1000 })])
  const writer = relay.client()
  const at: string[] = []
  for (let n = 0; n < messages; n++) at.push(await writer.publish('room.1.msg', n % 2 === 0 ? post(n) : get(n)))
  return { writer, client: relay.client, at }
}

const ask = (fields: object): object => ({ Subscribe: { ref: 7, subject: 'room.*.msg', filter, ...fields } })

describe('the history of a filter (FX-FLT-7)', () => {
  it('has the messages that match after a position, then what follows', async () => {
    const { writer, client, at } = await open(5)
    const reader = client()
    const frames = await reader.sends(ask({ after: at[0] }))
    expect(kindsOf(frames)).toEqual(['Subscribed', 'Message', 'Message', 'Synced'])
    expect(frames[0]?.Subscribed).toMatchObject({ position: at[4], recovered: true })
    expect(messagesOf(frames)).toEqual([`${post(2)}!`, `${post(4)}!`])
    await writer.publish('room.1.msg', get(5))
    await writer.publish('room.1.msg', post(6))
    expect(messagesOf(reader.received())).toEqual([post(6)])
  })

  it('is complete for a reader that comes back, and for the second reader of a feed', async () => {
    const { writer, client, at } = await open(9)
    const first = client()
    await first.sends(ask({ after: 'start' }))
    const missed = await writer.publish('room.1.msg', get(9))
    await writer.publish('room.1.msg', post(10))
    for (const after of [at[8], missed]) {
      const frames = await client().sends(ask({ after }))
      expect(frames[0]?.Subscribed?.recovered).toBe(true)
      expect(messagesOf(frames)).toEqual([`${post(10)}!`])
    }
    expect(messagesOf(await client().sends(ask({ after: at[5] })))).toEqual([6, 8, 10].map((n) => `${post(n)}!`))
  })

  it('has the newest messages that match with last, and in pages', async () => {
    const { client, at } = await open(9)
    expect(messagesOf(await client().sends(ask({ last: 2 })))).toEqual([`${post(6)}!`, `${post(8)}!`])
    const pages = [
      { before: at[6], limit: 2 },
      { after: at[2], limit: 2 },
    ]
    for (const page of pages)
      expect(messagesOf(await client().sends(ask({ snapshot: true, ...page })))).toEqual(
        page.before === undefined ? [`${post(4)}!`, `${post(6)}!`] : [`${post(2)}!`, `${post(4)}!`],
      )
  })

  it('reaches beyond a page of the store without a message that matches', async () => {
    const { writer, client, at } = await open(1)
    for (let n = 0; n < 600; n++) await writer.publish('room.1.msg', get(n))
    expect(messagesOf(await client().sends(ask({ last: 1 })))).toEqual([`${post(0)}!`])
    const last = await writer.publish('room.1.msg', post(1))
    const frames = await client().sends(ask({ after: at[0] }))
    expect(messagesOf(frames)).toEqual([`${post(1)}!`])
    expect(frames[0]?.Subscribed?.position).toBe(last)
  })
})

describe('a session that reads the history and the values of one filter', () => {
  it('receives a value that leaves the filter', async () => {
    const { writer, client } = await open(1)
    const reader = client()
    reader.send(ask({ after: 'start' }))
    reader.send(ask({ ref: 8, retained: true }))
    await reader.sends({ Publish: { ref: 9, subject: 'room.2.msg', message: post(1), retain: true } })
    await writer.sends({ Publish: { ref: 10, subject: 'room.2.msg', message: get(2), retain: true } })
    const lefts = reader.received().filter(({ Message }) => Message?.left)
    expect(lefts).toHaveLength(1)
  })
})
