// Scripted: the relay takes a lock from a client that lives, or answers a page that was frozen.
import { expect, test } from 'vitest'
import { type Connected, connect } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import { type Lock, lock } from './lock.js'

/** Takes a lock of a relay that grants each, and answers nothing else. */
async function take(one: Connected): Promise<Lock & { readonly ref: number }> {
  const { client, relay } = one
  relay.answer = (frame) => {
    if (frame.kind === 'Publish') return { kind: 'Ack', ref: frame.ref ?? 0, revision: 't-1' }
    if (frame.kind === 'CanI') return { kind: 'Ack', ref: frame.ref, allowed: true }
    if (frame.kind !== 'Subscribe') return undefined
    return { kind: 'Error', ref: frame.ref, code: 'forbidden', message: 'no', retry: false }
  }
  const held = await lock(client, 'doc.42')
  await settle()
  return { ...held, ref: relay.link.all('Publish')[0]?.ref ?? 0 }
}

test('a lock of a client that may not subscribe is lost when the relay has written the will', async () => {
  const one = await connect()
  const { lost, release, ref } = await take(one)
  await one.clock.advance(20_000)
  expect(lost.aborted).toBe(false)
  one.relay.link.send({ kind: 'Lost', ref, subject: 'doc.42' })
  expect(lost.reason.message).toBe('the relay has written the will of "doc.42"')
  await release() // does nothing
  expect(one.errors).toEqual([])
})

test('a lock that is granted and lost in one turn is lost', async () => {
  const { client, relay } = await connect()
  relay.answer = (frame) => (frame.kind === 'Publish' ? 'nothing' : undefined)
  const waiting = lock(client, 'doc.42')
  await settle()
  const [{ ref = 0 } = {}] = relay.link.all('Publish')
  relay.link.send({ kind: 'Ack', ref, revision: 't-1' })
  relay.link.send({ kind: 'Lost', ref, subject: 'doc.42' })
  expect((await waiting).lost.aborted).toBe(true)
})

test('a lock is lost at once if the relay grants it long after the last answer', async () => {
  const { client, relay, clock } = await connect()
  relay.answer = (frame) => (frame.kind === 'Publish' || frame.kind === 'CanI' ? 'nothing' : undefined)
  const waiting = lock(client, 'doc.42')
  await settle()
  clock.set(clock.now() + 60_000) // the page was frozen
  const [{ ref = 0 } = {}] = relay.link.all('Publish')
  relay.link.send({ kind: 'Ack', ref, revision: 't-1' })
  const { lost } = await waiting
  await clock.advance(0)
  expect(lost.aborted).toBe(true)
})
