import { WildcastError } from '@wildcast/protocol'
import { describe, expect, test } from 'vitest'
import { settle } from '../testing/fake-clock.js'
import { answers, request, serving } from '../testing/serving.js'

describe('a generator', () => {
  test('answers in parts, and its return value is the last one', async () => {
    const connected = await serving(async function* () {
      yield 1
      yield 2
      return 'done'
    })
    request(connected, 'x')
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
    request(connected, 'x')
    await settle()
    expect(answers(connected)).toEqual([
      ['reply.x', '1', 'more'],
      ['reply.x', '', { code: 'broker_down', message: 'gone' }],
    ])
  })
  test('is ended at the next part when no requester awaits it', async () => {
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
        ? { kind: 'Error', ref: frame.ref, code: 'interrupted', message: 'the requester has left', retry: true }
        : undefined
    request(connected, 'x')
    await settle()
    expect(ended).toBe(true)
    expect(answers(connected)).toEqual(['1', '2', '3'].map((part) => ['reply.x', part, 'more']))
    expect(connected.errors).toEqual([])
  })
  test('is ended when the connection is lost during a part', async () => {
    let ended = false
    const connected = await serving(async function* () {
      try {
        for (let part = 1; ; part++) yield part
      } finally {
        ended = true
      }
    })
    connected.relay.answer = ({ kind }) => (kind === 'Publish' ? 'nothing' : undefined)
    request(connected, 'x')
    await settle()
    expect(ended).toBe(false)
    connected.relay.link.drop()
    await settle()
    expect(ended).toBe(true)
  })
  test('is ended if an answer is refused', async () => {
    let ended = false
    const connected = await serving(async function* () {
      try {
        yield 'x'.repeat(1001)
        yield 'never'
      } finally {
        ended = true
      }
    })
    request(connected, 'x')
    await settle()
    expect(ended).toBe(true)
    expect(answers(connected)).toMatchObject([['reply.x', '', { code: 'too_large' }]])
  })
})
