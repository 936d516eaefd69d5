import { type BrokerMessage, type Pattern, parsePattern, parseSubject, type Subject } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import type { Broker } from '../core/broker.js'
import { newId } from '../node/new-id.js'
import { fakeClock } from '../testing/fake-clock.js'
import { deaf, listener } from '../testing/listener.js'
import { brokerContract } from './broker.contract.js'
import { memory } from './memory.js'

brokerContract('memory', { open: (clock = fakeClock()) => memory({ clock, newId }) })

describe('memory', () => {
  const open = (clock = fakeClock()): Promise<Broker> =>
    memory({ clock, newId })({ status: () => {}, dropped: () => {} })
  const request = { subject: parseSubject('math.sum'), payload: '1+2' }

  it('times out a request without an answer, and leaves no timer', async () => {
    const clock = fakeClock()
    const broker = await open(clock)
    await broker.subscribe({ pattern: parsePattern('math.sum'), serve: true }, deaf)
    const answer = broker.request?.(request, { timeoutMs: 2000 })
    clock.advance(2000)
    await expect(answer).rejects.toMatchObject({ code: 'timeout' })
    expect(clock.timers).toBe(0)
  })

  it('ends a request that its caller cancels, and leaves no timer', async () => {
    const clock = fakeClock()
    const broker = await open(clock)
    await broker.subscribe({ pattern: parsePattern('math.sum'), serve: true }, deaf)
    const cancel = new AbortController()
    const answer = broker.request?.(request, { timeoutMs: 2000, signal: cancel.signal })
    cancel.abort(new Error('enough'))
    await expect(answer).rejects.toMatchObject({ code: 'interrupted', message: 'enough' })
    expect(clock.timers).toBe(0)
  })

  it('does not deliver a second answer', async () => {
    const broker = await open()
    const seen: BrokerMessage[] = []
    await broker.subscribe(
      { pattern: parsePattern('**') },
      listener((message) => seen.push(message)),
    )
    await broker.subscribe(
      { pattern: parsePattern('math.sum'), serve: true },
      listener((request) => {
        for (const payload of ['3', '4']) void broker.publish({ subject: request.responseSubject as Subject, payload })
      }),
    )
    expect((await broker.request?.(request, { timeoutMs: 1 }))?.payload).toBe('3')
    expect(seen).toEqual([])
  })

  it("sends a request without a responder to a subscriber of the original's scheme", async () => {
    const broker = await open()
    await broker.subscribe(
      { pattern: 'request.*.math.sum' as Pattern },
      listener((request) => {
        expect(request.subject).toMatch(/^request\.[^.]+\.math\.sum$/)
        void broker.publish({ subject: request.responseSubject as Subject, payload: '3' })
      }),
    )
    expect((await broker.request?.(request, { timeoutMs: 1 }))?.payload).toBe('3')
  })

  it("delivers a request of the original's scheme to the responder, under its plain subject", async () => {
    const broker = await open()
    await broker.subscribe(
      { pattern: parsePattern('math.sum'), serve: true },
      listener((request) => {
        void broker.publish({ subject: request.responseSubject as Subject, payload: `${request.subject} = 3` })
      }),
    )
    const answers: unknown[] = []
    await broker.subscribe(
      { pattern: parsePattern('response.7.math.sum') },
      listener((answer) => answers.push(answer.payload)),
    )
    await broker.publish({ subject: parseSubject('request.7.math.sum'), payload: '1+2' })
    expect(answers).toEqual(['math.sum = 3'])
  })

  it('rejects pending requests when it is closed', async () => {
    const broker = await open()
    await broker.subscribe({ pattern: parsePattern('math.sum'), serve: true }, deaf)
    const answer = broker.request?.(request, { timeoutMs: 1 })
    await broker.close()
    await expect(answer).rejects.toMatchObject({ code: 'broker_down' })
  })
})
