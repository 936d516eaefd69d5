import { describe, expect, it } from 'vitest'
import { historyRelay, kindsOf, messagesOf } from '../../testing/history-relay.js'
import { rule } from '../../testing/history-under-test.js'

/** A client that has published `count` messages, on `log.a` and `log.b` in turn. */
async function written(count: number) {
  const relay = await historyRelay([rule('log.*')])
  const writer = relay.client()
  const positions: string[] = []
  for (let i = 0; i < count; i++) positions.push(await writer.publish(i % 2 === 0 ? 'log.a' : 'log.b', `${i}`))
  return { writer, reader: relay.client(), positions }
}

const ask = (fields: object, subject = 'log.*'): object => ({ Subscribe: { ref: 7, subject, ...fields } })

describe('kept messages after a position', () => {
  it('are those of all subjects of a pattern, in their order, then live ones (FX-HIS-2, FX-HIS-4)', async () => {
    const { writer, reader, positions } = await written(4)
    const frames = await reader.sends(ask({ after: positions[0] }))
    expect(messagesOf(frames)).toEqual(['1!', '2!', '3!'])
    await writer.publish('log.a', 'live')
    expect(messagesOf(reader.received())).toEqual(['live'])
  })

  it('are compared as numbers, though positions are texts (FX-HIS-3)', async () => {
    const count = 1300 // its numbers get one more digit at 36 and at 1,296
    const { reader, positions } = await written(count)
    for (const after of [count - 4, 1294]) {
      const frames = await reader.sends(ask({ after: positions[after], snapshot: true, limit: 1000 }))
      expect(messagesOf(frames).map((text) => Number.parseInt(text, 10))).toEqual(
        Array.from({ length: count - 1 - after }, (_, i) => after + 1 + i),
      )
    }
  })

  it.each(['', 5, '0" OR "1"="1', "x' --", {}, 'START'])(
    'are refused if the position is %j, and the relay continues (FX-HIS-5, FX-HIS-8)',
    async (after) => {
      const { reader } = await written(1)
      const [answer] = await reader.sends(ask({ after }))
      expect(answer?.Error).toMatchObject({ code: 'invalid_frame' })
      expect(messagesOf(await reader.sends(ask({ after: 'start' })))).toEqual(['0!'])
    },
  )

  it('come before what is published meanwhile, each once (FX-HIS-6)', async () => {
    const { writer, reader } = await written(100)
    reader.send(ask({ after: 'start' }))
    writer.send({ Publish: { subject: 'log.a', message: 'meanwhile' } })
    const frames = await reader.sends({ CanI: { ref: 8, action: 'subscribe', subject: 'log.a' } })
    const texts = messagesOf(frames).map((text) => text.replace('!', ''))
    expect(texts).toEqual([...Array.from({ length: 100 }, (_, i) => `${i}`), 'meanwhile'])
  })

  it('have what the live message had, and a mark (FX-HIS-7)', async () => {
    const { writer, reader } = await written(0)
    const [subscribed] = await reader.sends(ask({}))
    writer.send({ Publish: { ref: 1, subject: 'log.a', message: 'x', headers: { trace: '1' } } })
    const [live] = await reader.sends({ Unsubscribe: { ref: 2, id: subscribed?.Subscribed?.id } })
    const frames = await reader.sends(ask({ after: 'start' }))
    const replayed = frames.find(({ Message }) => Message)
    expect(replayed?.Message).toEqual({ ...live?.Message, id: replayed?.Message?.id, ref: 7, replayed: true })
    expect(live?.Message).toMatchObject({ message: 'x', headers: { trace: '1' } })
  })
})

describe('a snapshot', () => {
  it('ends with Synced, without later messages (FX-SNP-1, FX-SNP-5)', async () => {
    const { writer, reader } = await written(2)
    const frames = await reader.sends(ask({ snapshot: true, limit: 10 }))
    expect(kindsOf(frames)).toEqual(['Subscribed', 'Message', 'Message', 'Synced'])
    expect(frames.at(-1)?.Synced).toEqual({ ref: 7 })
    await writer.publish('log.a', 'live')
    expect(reader.received()).toEqual([])
  })

  it('ends at once if nothing is kept (FX-SNP-2)', async () => {
    const { reader } = await written(0)
    expect(kindsOf(await reader.sends(ask({ snapshot: true, limit: 10 })))).toEqual(['Subscribed', 'Synced'])
    expect(kindsOf(await reader.sends(ask({ snapshot: true })))).toEqual(['Subscribed', 'Synced'])
  })

  it('has no message that is published meanwhile (FX-SNP-3)', async () => {
    const { writer, reader } = await written(50)
    reader.send(ask({ snapshot: true, limit: 10 }))
    writer.send({ Publish: { subject: 'log.a', message: 'meanwhile' } })
    const frames = await reader.sends({ CanI: { ref: 8, action: 'subscribe', subject: 'log.a' } })
    expect(frames.filter(({ Message }) => Message && !Message.replayed)).toEqual([])
  })

  it.each(['yes', 1, {}])('is refused if "snapshot" is %j (FX-SNP-4)', async (snapshot) => {
    const { reader } = await written(1)
    const [answer] = await reader.sends(ask({ snapshot, limit: 10 }))
    expect(answer?.Error).toMatchObject({ code: 'invalid_frame' })
  })
})
