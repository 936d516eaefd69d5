// Scripted: no knob of a test relay writes a will early, or loses the outcome of a write.
import { expect, test } from 'vitest'
import { connect } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import { values } from './values.js'

test('a set with a will calls onLost once if the relay writes the will', async () => {
  const { client, relay } = await connect()
  const lost: string[] = []
  await values(client).set('a', 1, { will: null, onLost: ({ code }) => lost.push(code) })
  const [{ ref = 0 } = {}] = relay.link.all('Publish')
  relay.link.send({ kind: 'Lost', ref, subject: 'a' })
  await settle()
  expect(lost).toEqual(['interrupted'])
})

test('a set with a will is sent again when the relay does not know its outcome, so that the will holds', async () => {
  const { client, clock, relay } = await connect()
  const refuse = (...codes: ('interrupted' | 'broker_down')[]): void => {
    relay.answer = (frame) => {
      if (frame.kind !== 'Publish') return undefined
      const code = codes.shift()
      if (code) return { kind: 'Error', ref: frame.ref, code, message: 'no', retry: true }
      return { kind: 'Ack', ref: frame.ref ?? 0, revision: 't-0001' }
    }
  }
  refuse('interrupted', 'broker_down', 'interrupted')
  const written = values(client).set('a', 1, { will: null })
  await clock.advance(10_000)
  expect(await written).toEqual({ revision: 't-0001' })
  expect(relay.link.all('Publish')).toHaveLength(4)
  for (const [codes, options] of [
    [['broker_down'], { will: null }],
    [['interrupted'], { will: null, when: null }],
    [['interrupted'], { will: null, whenRevision: 't-0001' }],
    [['interrupted'], {}],
  ] as const) {
    refuse(...codes)
    await expect(values(client).set('b', 1, options)).rejects.toMatchObject({ code: codes[0] })
  }
  refuse('interrupted')
  const ended = expect(values(client).set('c', 1, { will: null })).rejects.toMatchObject({ code: 'interrupted' })
  await settle()
  client.close()
  await clock.advance(10_000)
  await ended
  expect(clock.timers).toBe(0)
})
