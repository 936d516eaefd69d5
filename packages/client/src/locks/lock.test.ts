import { describe, expect, test } from 'vitest'
import { settle } from '../testing/fake-clock.js'
import { keeping } from '../testing/scripted-relay.js'
import { connectToValues, type ValueRelay } from '../testing/value-relay.js'
import { type Lock, lock } from './lock.js'

/** Takes a lock, and records why it is lost. */
async function take(relay: ValueRelay): Promise<Lock & { readonly reasons: string[] }> {
  const held = await lock(relay.client, 'doc.42')
  const reasons: string[] = []
  held.lost.addEventListener('abort', () => reasons.push(held.lost.reason.message))
  return { ...held, reasons }
}

describe('lock', () => {
  test('writes the subject if it has no value, with a will that deletes it', async () => {
    const relay = await connectToValues()
    const { token, lost } = await lock(relay.client, 'doc.42', { data: { name: 'ada' } })
    expect(token).toBe('t-0001')
    expect(lost.aborted).toBe(false)
    expect(relay.relay.link.all('Publish')).toMatchObject([
      { subject: 'doc.42', message: '{"name":"ada"}', retain: true, when: null, watch: true, will: null },
    ])
  })
  test('waits for the holder, and gets a greater token', async () => {
    const relay = await connectToValues()
    const first = await lock(relay.client, 'doc.42')
    const second = lock(relay.client, 'doc.42')
    await settle()
    expect(relay.waiting).toHaveLength(1)
    await first.release()
    expect((await second).token > first.token).toBe(true)
  })
  test('does not wait with a timeout of 0', async () => {
    const relay = await connectToValues()
    await lock(relay.client, 'doc.42')
    await expect(lock(relay.client, 'doc.42', { timeoutMs: 0 })).rejects.toMatchObject({ code: 'condition_failed' })
  })
  test('ends its wait after the time, and when the signal aborts', async () => {
    const relay = await connectToValues()
    await lock(relay.client, 'doc.42')
    const controller = new AbortController()
    const late = expect(lock(relay.client, 'doc.42', { timeoutMs: 500 })).rejects.toMatchObject({ code: 'timeout' })
    const aborted = expect(lock(relay.client, 'doc.42', { signal: controller.signal })).rejects.toThrow('enough')
    await relay.clock.advance(1500)
    controller.abort(new Error('enough'))
    await Promise.all([late, aborted])
    await settle()
    expect(relay.waiting).toEqual([])
  })
  test('refuses empty data and a pattern', async () => {
    const relay = await connectToValues()
    await expect(lock(relay.client, 'doc.42', { data: '' })).rejects.toThrow(TypeError)
    await expect(lock(relay.client, 'doc.*')).rejects.toMatchObject({
      code: 'invalid_subject',
      message: `"doc.*" isn't a subject: no wildcards, words joined by "."`,
    })
  })
})

describe('a lock that is held', () => {
  test('is kept while the relay answers', async () => {
    const relay = await connectToValues()
    const { lost } = await lock(relay.client, 'doc.42')
    await relay.clock.advance(60_000)
    expect(lost.aborted).toBe(false)
    expect(relay.relay.link.all('CanI').length).toBeGreaterThan(15)
  })
  test('is released once, on the condition that it is still the same', async () => {
    const relay = await connectToValues()
    const { token, release, lost } = await lock(relay.client, 'doc.42')
    await Promise.all([release(), release()])
    expect(relay.stored.size).toBe(0)
    expect(relay.relay.link.all('Publish').slice(1)).toMatchObject([{ message: '', when_revision: token }])
    const asked = relay.relay.link.all('CanI').length
    await relay.clock.advance(60_000)
    expect(relay.relay.link.all('CanI')).toHaveLength(asked)
    expect(relay.clock.timers).toBe(1) // of the connection
    expect(lost.aborted).toBe(false)
  })
  test('is lost two thirds of the will after the last frame that was sent and confirmed', async () => {
    const relay = await connectToValues()
    const { lost } = await lock(relay.client, 'doc.42')
    relay.ignored.add('CanI')
    await relay.clock.advance(6_600)
    expect(lost.aborted).toBe(false)
    await relay.clock.advance(100)
    expect(lost.aborted).toBe(true)
  })
  test('is given back if the relay answers again after it was lost', async () => {
    const relay = await connectToValues()
    const { lost } = await lock(relay.client, 'doc.42')
    relay.ignored.add('CanI')
    await relay.clock.advance(7_000)
    await settle()
    expect(lost.aborted).toBe(true)
    expect(relay.stored.size).toBe(0)
  })
  test('is lost when the relay has written the will', async () => {
    const relay = await connectToValues()
    const { reasons, release } = await take(relay)
    await settle()
    relay.fire('doc.42')
    expect(reasons).toEqual(['the value of "doc.42" was deleted or replaced'])
    await release() // does nothing
    await relay.clock.advance(60_000)
    expect(reasons).toHaveLength(1)
  })
  test('is lost when its value is deleted or replaced by another client', async () => {
    for (const message of [undefined, '{"name":"bob"}']) {
      const relay = await connectToValues()
      const { reasons, lost } = await take(relay)
      await settle()
      relay.write('doc.43', 'x')
      expect(lost.aborted).toBe(false)
      relay.write('doc.42', message)
      expect(reasons).toEqual(['the value of "doc.42" was deleted or replaced'])
      await relay.clock.advance(60_000)
      expect(relay.stored.get('doc.42')?.message).toBe(message)
      expect(relay.clock.timers).toBe(1) // of the connection
    }
  })
  test('is lost when its value is missing after a gap, and kept when it is there', async () => {
    const relay = await connectToValues()
    const { reasons } = await take(relay)
    await settle()
    relay.relay.link.send({ kind: 'Gap', id: 1 })
    relay.sync()
    expect(reasons).toEqual([])
    relay.stored.clear()
    relay.relay.link.send({ kind: 'Gap', id: 1 })
    expect(reasons).toEqual([])
    relay.sync()
    expect(reasons).toEqual(['the value of "doc.42" was deleted or replaced'])
  })
  test('is kept by a client that may not subscribe, until the relay has written the will', async () => {
    const relay = await connectToValues()
    const { answer } = relay.relay
    relay.relay.answer = (frame) =>
      frame.kind === 'Subscribe'
        ? { kind: 'Error', ref: frame.ref, code: 'forbidden', message: 'no', retry: false }
        : answer(frame)
    const { reasons } = await take(relay)
    await relay.clock.advance(20_000)
    expect(reasons).toEqual([])
    expect(relay.errors).toEqual([])
    relay.fire('doc.42')
    expect(reasons).toEqual(['the relay has written the will of "doc.42"'])
  })
  test('is lost with the session, and with the client', async () => {
    const relay = await connectToValues()
    const first = await take(relay)
    await relay.reconnect()
    expect(first.reasons).toHaveLength(1)
    const second = await take(relay)
    relay.client.close()
    expect(second.reasons).toEqual(['the client was closed'])
    await second.release()
  })
  test('survives a resume of the session', async () => {
    const relay = await connectToValues()
    relay.hello = keeping
    await relay.reconnect()
    const { reasons, token } = await take(relay)
    await relay.reconnect()
    expect(reasons).toEqual([])
    expect(relay.stored.get('doc.42')?.revision).toBe(token)
    relay.fire('doc.42')
    expect(reasons).toHaveLength(1)
  })
  test('is lost at once if the relay grants it long after the last answer', async () => {
    const relay = await connectToValues()
    const holder = await lock(relay.client, 'doc.42')
    const waiting = lock(relay.client, 'doc.42')
    await settle()
    relay.ignored.add('CanI')
    relay.clock.set(relay.clock.now() + 60_000) // the page was frozen
    await holder.release()
    const { lost } = await waiting
    await relay.clock.advance(0)
    expect(lost.aborted).toBe(true)
  })
  test('that is granted and lost in one turn is lost', async () => {
    const relay = await connectToValues()
    relay.ignored.add('Publish')
    const waiting = lock(relay.client, 'doc.42')
    await settle()
    const [{ ref = 0 } = {}] = relay.relay.link.all('Publish')
    relay.relay.link.send({ kind: 'Ack', ref, revision: 't-1' })
    relay.relay.link.send({ kind: 'Lost', ref, subject: 'doc.42' })
    expect((await waiting).lost.aborted).toBe(true)
  })
})

test('a publish that is limited by its rate keeps the order of later ones, also with a will', async () => {
  const relay = await connectToValues()
  const { answer } = relay.relay
  let refusals = 1
  relay.relay.answer = (frame) =>
    frame.kind === 'Publish' && refusals-- > 0
      ? { kind: 'Error', ref: frame.ref, code: 'rate_limited', message: 'wait', retry: true, retry_in: 100 }
      : answer(frame)
  const held = lock(relay.client, 'doc.42')
  await settle()
  await relay.clock.advance(100)
  expect((await held).token).toBe('t-0001')
  expect(await relay.client.publish('a', 1)).toBe('confirmed')
})
