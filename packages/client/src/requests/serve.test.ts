import { WildcastError } from '@wildcast/protocol'
import { describe, expect, test, vi } from 'vitest'
import { type Connected, connect } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'

const ask = ({ relay }: Connected, text: string): void =>
  relay.link.say({
    kind: 'Message',
    id: 1,
    subject: 'a',
    message: text,
    broker: 'test',
    response_subject: `reply.${text}`,
  })

/** What was answered, in order. */
const answers = ({ relay }: Connected): unknown[] =>
  relay.link
    .all('Publish')
    .map(({ subject, message, more, error }) => [subject, message, error ?? (more ? 'more' : 'last')])

async function serving(handler: Parameters<Connected['client']['serve']>[1]): Promise<Connected> {
  const connected = await connect()
  connected.client.serve('a', handler)
  await settle()
  return connected
}

test('claims the subject, and what the handler returns is the answer', async () => {
  const connected = await serving((message) => ({ got: message.text() }))
  ask(connected, 'x')
  await settle()
  expect(connected.relay.link.all('Subscribe')).toMatchObject([{ subject: 'a', serve: true }])
  expect(connected.relay.link.all('Publish')).toMatchObject([
    { broker: 'test', subject: 'reply.x', message: '{"got":"x"}' },
  ])
})

test('handlers may take their time, and overtake', async () => {
  const later = new Map<string, (answer: string) => void>()
  const connected = await serving((message) => new Promise((resolve) => later.set(message.text(), resolve)))
  ask(connected, 'x')
  ask(connected, 'y')
  await settle()
  later.get('y')?.('2')
  await settle()
  later.get('x')?.('1')
  await settle()
  expect(answers(connected)).toEqual([
    ['reply.y', '2', 'last'],
    ['reply.x', '1', 'last'],
  ])
})

test('a mere publish is handled, and not answered', async () => {
  const handler = vi.fn(() => 'answer')
  const connected = await serving(handler)
  connected.relay.link.say({ kind: 'Message', id: 1, subject: 'a', message: '', broker: 'test' })
  await settle()
  expect(handler).toHaveBeenCalledOnce()
  expect(answers(connected)).toEqual([])
})

describe('an error', () => {
  test('that was meant is the answer', async () => {
    const connected = await serving(() => {
      throw new WildcastError('forbidden', 'not you')
    })
    ask(connected, 'x')
    await settle()
    expect(answers(connected)).toEqual([['reply.x', '', { code: 'forbidden', message: 'not you' }]])
    expect(connected.errors).toEqual([])
  })
  test('that was not meant is the answer, and reported', async () => {
    const connected = await serving(async () => {
      throw new Error('boom')
    })
    ask(connected, 'x')
    await settle()
    expect(answers(connected)).toEqual([['reply.x', '', { code: 'internal', message: 'boom' }]])
    expect(connected.errors).toMatchObject([{ stage: 'handler', message: 'boom' }])
  })
  test('of an answer that cannot travel is told to the caller', async () => {
    const connected = await serving(() => 'x'.repeat(1001))
    ask(connected, 'x')
    await settle()
    expect(answers(connected)).toMatchObject([['reply.x', '', { code: 'too_large' }]])
  })
})

test('an error that is too long to travel is told to the caller in short', async () => {
  const connected = await serving(() => {
    throw new WildcastError('forbidden', 'x'.repeat(2000))
  })
  ask(connected, 'x')
  await settle()
  expect(answers(connected)).toMatchObject([['reply.x', '', { code: 'too_large' }]])
})

describe('a generator', () => {
  test('answers in parts, and its return is the last', async () => {
    const connected = await serving(async function* () {
      yield 1
      yield 2
      return 'done'
    })
    ask(connected, 'x')
    await settle()
    expect(answers(connected)).toEqual([
      ['reply.x', '1', 'more'],
      ['reply.x', '2', 'more'],
      ['reply.x', 'done', 'last'],
    ])
  })
  test('that throws ends with the error', async () => {
    const connected = await serving(async function* () {
      yield 1
      throw new WildcastError('broker_down', 'gone')
    })
    ask(connected, 'x')
    await settle()
    expect(answers(connected)).toEqual([
      ['reply.x', '1', 'more'],
      ['reply.x', '', { code: 'broker_down', message: 'gone' }],
    ])
  })
  test('is ended at the next part once nobody awaits it', async () => {
    let ended = false
    const connected = await serving(async function* () {
      try {
        for (let part = 1; ; part++) yield part
      } finally {
        ended = true
      }
    })
    connected.relay.answer = (frame) =>
      frame.kind === 'Publish' && frame.message === '3'
        ? { kind: 'Error', ref: frame.ref, code: 'interrupted', message: 'nobody waits', retry: true }
        : undefined
    ask(connected, 'x')
    await settle()
    expect(ended).toBe(true)
    expect(answers(connected)).toEqual(['1', '2', '3'].map((part) => ['reply.x', part, 'more']))
    expect(connected.errors).toEqual([])
  })
  test('is ended when the connection is lost under a part', async () => {
    let ended = false
    const connected = await serving(async function* () {
      try {
        for (let part = 1; ; part++) yield part
      } finally {
        ended = true
      }
    })
    connected.relay.answer = ({ kind }) => (kind === 'Publish' ? 'nothing' : undefined)
    ask(connected, 'x')
    await settle()
    expect(ended).toBe(false)
    connected.relay.link.drop()
    await settle()
    expect(ended).toBe(true)
  })
  test('is ended where an answer is refused', async () => {
    let ended = false
    const connected = await serving(async function* () {
      try {
        yield 'x'.repeat(1001)
        yield 'never'
      } finally {
        ended = true
      }
    })
    ask(connected, 'x')
    await settle()
    expect(ended).toBe(true)
    expect(answers(connected)).toMatchObject([['reply.x', '', { code: 'too_large' }]])
  })
})

describe('the claim', () => {
  test('is made again after a reconnect', async () => {
    const connected = await serving((message) => message.text())
    connected.relay.link.drop()
    await connected.clock.advance(250)
    expect(connected.relay.link.all('Subscribe')).toMatchObject([{ serve: true }])
    ask(connected, 'x')
    await settle()
    expect(answers(connected)).toEqual([['reply.x', 'x', 'last']])
  })
  test('is tried again while somebody else serves', async () => {
    const { client, relay, clock, errors } = await connect()
    let taken = 2
    relay.answer = (frame) =>
      frame.kind === 'Subscribe' && taken-- > 0
        ? { kind: 'Error', ref: frame.ref, code: 'already_served', message: 'taken', retry: true }
        : undefined
    const onStatus = vi.fn()
    client.serve('a', () => '', { onStatus })
    await clock.advance(250 + 500)
    expect(onStatus.mock.calls.flat()).toEqual(['syncing', 'error', 'syncing', 'error', 'syncing', 'ready'])
    expect(errors.map(({ code }) => code)).toEqual(['already_served', 'already_served'])
  })
  test('is given back at once', async () => {
    const { client, relay } = await connect()
    const undo = client.serve('a', () => '')
    await settle()
    undo()
    expect(relay.link.all('Unsubscribe')).toMatchObject([{ id: 1 }])
  })
  test('cannot be made twice by one client, nor on a pattern', async () => {
    const { client } = await connect()
    const undo = client.serve('a', () => '')
    expect(() => client.serve('a', () => '')).toThrow(expect.objectContaining({ code: 'already_served' }))
    expect(() => client.serve('good.*', () => '')).toThrow(expect.objectContaining({ code: 'invalid_subject' }))
    undo()
    client.serve('a', () => '')
  })
})
