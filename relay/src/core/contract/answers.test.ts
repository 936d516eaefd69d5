import { defineContract } from '@wildcast/contract'
import { parseSubject } from '@wildcast/protocol'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { memory } from '../../brokers/memory.js'
import { fakeClock } from '../../testing/fake-clock.js'
import { type LineFrame, lineRelay } from '../../testing/line-relay.js'
import { recordingOutlet } from '../../testing/recording-outlet.js'
import { scriptedBroker } from '../../testing/scripted-broker.js'
import { message, settled } from '../../testing/scripted-link.js'
import { relayOn, subscribe } from '../../testing/scripted-relay.js'
import { everything } from '../access/identity.js'
import type { RelayOptions } from '../relay.js'

const api = defineContract({
  'math.sum': { request: v.object({ a: v.number() }), reply: v.object({ sum: v.number() }) },
})

/**
 * A requester that waits for a responder. Returns a function that sends answers, and returns the
 * frames that both have received.
 */
async function asked(options: Partial<RelayOptions> = {}) {
  const clock = fakeClock()
  let id = 0
  const main = memory({ clock, newId: () => `id${++id}` })
  const relay = await lineRelay({ clock, brokers: { main }, contract: api, ...options })
  const [requester, responder] = [relay.connected(), relay.connected()]
  const framesOf = (line: typeof requester): LineFrame[] => line.received().filter((frame) => !frame.Received)
  responder.send({ Subscribe: { ref: 1, subject: 'math.sum', serve: true } })
  await settled()
  requester.send({ Request: { ref: 1, subject: 'math.sum', message: '{"a":1}' } })
  await settled()
  requester.received()
  const subject = responder.received().find(({ Message }) => Message)?.Message?.response_subject
  return async (...answers: readonly object[]) => {
    for (const [i, answer] of answers.entries()) responder.send({ Publish: { ref: 10 + i, subject, ...answer } })
    await settled()
    return { requester: framesOf(requester), responder: framesOf(responder) }
  }
}

const codes = (frames: readonly LineFrame[]): unknown[] =>
  frames.map((frame) => frame.Error?.code ?? Object.keys(frame)[0])

describe('an answer', () => {
  it('that fits goes to the requester', async () => {
    const { requester, responder } = await (await asked())({ message: '{"sum":1}' })
    expect(codes(requester)).toEqual(['Response'])
    expect(codes(responder)).toEqual(['Ack'])
  })

  it('that does not fit is refused for both, with the reason', async () => {
    const { requester, responder } = await (await asked())({ message: '{"sum":"hunter22"}' })
    for (const [error] of [requester, responder]) {
      expect(error?.Error?.code).toBe('invalid_payload')
      expect(error?.Error?.message).toMatch(/^math\.sum \(reply\): "sum"/)
      expect(JSON.stringify(error)).not.toContain('hunter22')
    }
  })

  it('in parts is checked part by part', async () => {
    const answer = await asked()
    const first = await answer({ message: '{"sum":1}', more: true })
    expect(codes(first.requester)).toEqual(['Response'])
    const second = await answer({ message: '{"sum":"x"}', more: true })
    expect(codes(second.requester)).toEqual(['invalid_payload'])
    expect(codes(second.responder)).toEqual(['invalid_payload'])
    expect(codes((await answer({ message: '{"sum":1}', more: true })).responder)).toEqual(['interrupted'])
  })

  it('in parts may end with an empty one, and no other may be empty', async () => {
    expect(codes((await (await asked())({ message: '{"sum":1}', more: true }, { message: '' })).requester)).toEqual([
      'Response',
      'Response',
    ])
    expect(codes((await (await asked())({ message: '' })).requester)).toEqual(['invalid_payload'])
  })

  it('that is an error is not checked', async () => {
    const { requester, responder } = await (await asked())({ message: '', error: { code: 'sold_out', message: 'no' } })
    expect(codes(requester)).toEqual(['sold_out'])
    expect(codes(responder)).toEqual(['Ack'])
  })

  it('is checked for clients with permissions, too', async () => {
    const answer = await asked({ authorize: () => true })
    expect(codes((await answer({ message: '1' })).requester)).toEqual(['invalid_payload'])
  })
})

it('that other clients receive as a message must fit as one, too', async () => {
  const broker = scriptedBroker()
  const good = { 'good.*': { message: v.object({ price: v.number() }) } }
  const { relay } = await relayOn(broker, { contract: defineContract(good) })
  const outlet = recordingOutlet()
  const responder = relay.open(outlet, everything)
  await subscribe(responder, 'work', { serve: true })
  broker.deliver('work', { ...message('work'), responseSubject: parseSubject('good.apple') })
  await settled()
  const answer = (payload: string) =>
    Promise.resolve().then(() => responder.publish({ subject: 'good.apple', payload }))
  await expect(answer('{"price":"x"}')).rejects.toMatchObject({ code: 'invalid_payload' })
  expect(await answer('{"price":1}')).toBeUndefined()
  expect(broker.log).toContain('!good.apple')
})
