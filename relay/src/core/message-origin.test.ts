import { type BrokerMessage, parsePattern, parseSubject, type Subject } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { memory } from '../brokers/memory.js'
import { fakeClock } from '../testing/fake-clock.js'
import { listener } from '../testing/listener.js'
import { recordingOutlet } from '../testing/recording-outlet.js'
import { everything } from './access/identity.js'
import { createRelay, type Relay, type RelayOptions } from './relay.js'

let names = 0
const newId = (): string => `id${++names}`
const clock = fakeClock()

const open = (options: Partial<RelayOptions> = {}): Promise<Relay> => {
  const broker = memory({ clock, newId })
  return createRelay({ brokers: { main: broker, other: broker }, clock, newId, onError: () => {}, ...options })
}

/** Collects what a broker delivers inside the relay. */
async function messagesOf(
  relay: Relay,
  broker: string,
  interest: { readonly serve?: boolean } = {},
): Promise<BrokerMessage[]> {
  const messages: BrokerMessage[] = []
  const pattern = parsePattern(interest.serve ? 'a' : '**')
  const take = listener((message) => messages.push(message))
  await relay.inside.listen(broker, { pattern, ...interest }, take)
  return messages
}

describe('a message in the relay', () => {
  it('has a unique number, from any publisher', async () => {
    const relay = await open()
    const messages = await messagesOf(relay, 'main')
    const sessions = [relay.open(recordingOutlet(), everything), relay.open(recordingOutlet(), everything)]
    for (const session of [...sessions, ...sessions]) await session.publish({ subject: 'a', payload: '' })
    await relay.inside.publish('main', { subject: parseSubject('a'), payload: '' })
    expect(messages.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5])
  })

  it('names its session by its public name: one object for all its messages', async () => {
    const relay = await open()
    const messages = await messagesOf(relay, 'main')
    const [mine, yours] = [relay.open(recordingOutlet(), everything), relay.open(recordingOutlet(), everything)]
    for (const session of [mine, yours, mine]) await session.publish({ subject: 'a', payload: '' })
    const [first, second, third] = messages.map(({ from }) => from)
    expect(first).toBe(mine.party)
    expect(second).toBe(yours.party)
    expect(third).toBe(first)
    expect(first).toEqual({ session: mine.name })
    expect(second).toEqual({ session: yours.name })
    expect(mine.name).not.toBe(yours.name)
  })

  it('has both as a request, and as an answer', async () => {
    const relay = await open()
    const requests = await messagesOf(relay, 'main', { serve: true })
    const [requester, server] = [relay.open(recordingOutlet(), everything), relay.open(recordingOutlet(), everything)]
    const answer = requester.request({ subject: 'a', payload: '' }, {})
    const [request] = requests
    expect(request).toMatchObject({ id: 1, from: requester.party })
    server.expectsAnswer(request?.responseSubject as Subject, parsePattern('a'))
    await server.publish({ subject: request?.responseSubject as string, payload: '' })
    expect(await answer).toMatchObject({ id: 2, from: server.party })
  })

  it('keeps them over a bridge', async () => {
    const from = { broker: 'main', pattern: parsePattern('a') }
    const relay = await open({ bridges: [{ from, to: 'other' }] })
    const copies = await messagesOf(relay, 'other')
    const session = relay.open(recordingOutlet(), everything)
    await session.publish({ subject: 'b', payload: '' })
    await session.publish({ subject: 'a', payload: '' })
    expect(copies).toMatchObject([{ subject: 'a', id: 2, from: session.party }])
  })
})
