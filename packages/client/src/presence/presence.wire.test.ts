// Scripted: no knob of a test relay loses members in its store, or the outcome of an entry.
import type { ClientFrame, RelayFrame } from '@wildcast/protocol'
import { expect, test } from 'vitest'
import { type Connected, connect } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import { presence } from './presence.js'

const entered = ({ relay }: Connected): unknown[] => relay.link.all('Enter').map(({ message }) => message)

/** Accepts entries and exits. */
const accept = (frame: ClientFrame): RelayFrame | undefined =>
  frame.kind === 'Enter' || frame.kind === 'Leave' ? { kind: 'Ack', ref: frame.ref, revision: 't-1' } : undefined

test('a client enters again when the store has lost its members, and not when it has left', async () => {
  const one = await connect()
  one.relay.answer = accept
  const room = presence(one.client, 'room.42')
  const entry = room.enter({ at: 1 })
  await settle()
  const [{ ref = 0 } = {}] = one.relay.link.all('Subscribe')
  const [{ member = '' } = {}] = one.relay.link.all('Enter')
  const own = {
    kind: 'Message',
    id: 1,
    broker: 'test',
    user: 'ada',
    subject: `$presence.room.42.ada~${member}`,
  } as const
  one.relay.link.send({ kind: 'Synced', id: 1, ref })
  one.relay.link.send({ ...own, message: '{"at":1}', revision: 't-1' })
  await entry
  one.relay.link.send({ kind: 'Gap', id: 1 })
  expect(entered(one)).toHaveLength(1)
  one.relay.link.send({ kind: 'Synced', id: 1, ref })
  await settle()
  expect(entered(one)).toEqual(['{"at":1}', '{"at":1}'])
  await room.leave()
  one.relay.link.send({ kind: 'Gap', id: 1 })
  one.relay.link.send({ kind: 'Synced', id: 1, ref })
  await settle()
  expect(entered(one)).toHaveLength(2)
})

test('an entry whose outcome the relay does not know is repeated, with the newest data only', async () => {
  const one = await connect()
  let unknown = 3
  one.relay.answer = (frame) =>
    frame.kind === 'Enter' && unknown-- > 0
      ? { kind: 'Error', ref: frame.ref, code: 'interrupted', message: 'no', retry: true }
      : accept(frame)
  const room = presence(one.client, 'room.42')
  const first = room.enter({ at: 1 })
  await settle()
  const second = room.update({ at: 2 })
  await one.clock.advance(10_000)
  await Promise.all([first, second])
  expect(entered(one)).toEqual(['{"at":1}', '{"at":2}', '{"at":2}', '{"at":2}'])
  unknown = 1
  const third = room.update({ at: 3 })
  await settle()
  await room.leave()
  await one.clock.advance(10_000)
  expect(entered(one)).toHaveLength(5)
  await third
  expect(one.errors).toEqual([])
})
