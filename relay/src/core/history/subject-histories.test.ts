import { parseSubject } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { memory } from '../../brokers/memory.js'
import { newId } from '../../node/new-id.js'
import { memoryStore } from '../../stores/memory/memory-store.js'
import { fakeClock } from '../../testing/fake-clock.js'
import { rule } from '../../testing/history-under-test.js'
import { FanOut } from '../fan-out.js'
import { Hub } from '../hub.js'
import { nobody } from '../observer.js'
import { TimeSlice } from '../time-slice.js'
import type { HistoryFacts } from './history-facts.js'
import { SubjectHistories } from './subject-histories.js'

const place = { broker: 'main', subject: parseSubject('room.1') }

/** The histories of two relays that share a broker. */
async function twoRelays(): Promise<[SubjectHistories, SubjectHistories]> {
  const clock = fakeClock()
  const slice = new TimeSlice(clock)
  const hub = await Hub.open({
    brokers: { main: memory({ clock, newId, store: memoryStore({ clock, rules: [rule('room.*')] }) }) },
    clock,
    onError: () => {},
    observer: nobody,
    room: { used: 0, limit: 1 },
    valueRoom: { used: 0, limit: 1 },
    recentRoom: { used: 0, limit: 1 },
    slice,
    fanOut: new FanOut(slice),
  })
  return [new SubjectHistories(hub), new SubjectHistories(hub)]
}

const wrote = (id: string, seq: number): HistoryFacts => ({
  type: 'a/b',
  producers: new Map([[id, { epoch: 0, seq }]]),
})

it('relays share what a writer declares: the first declaration counts', async () => {
  const [one, other] = await twoRelays()
  expect(await one.facts(place)).toBeUndefined()
  expect((await one.open(place)).type).toBe('application/json')
  const declared = await Promise.all([one, other].map((relay) => relay.declare(place, wrote('p', 0))))
  expect(declared.map(({ undo }) => undo !== undefined)).toEqual([true, false])
  expect((await other.declare(place, { ...wrote('p', 0), type: 'text/plain' })).facts.type).toBe('a/b')
  expect((await other.open(place)).type).toBe('a/b')
  await declared[0]?.undo?.()
  expect(await other.facts(place)).toBeUndefined()
})

it('relays share the last writes of producers, also if they learn them at the same time', async () => {
  const [one, other] = await twoRelays()
  await Promise.all([
    one.learn(place, wrote('p', 3)),
    other.learn(place, wrote('q', 1)),
    other.learn(place, wrote('p', 2)),
  ])
  for (const relay of [one, other])
    expect((await relay.facts(place))?.producers).toEqual(
      new Map([
        ['p', { epoch: 0, seq: 3 }],
        ['q', { epoch: 0, seq: 1 }],
      ]),
    )
})

it('writes of one history are done one after the other, also after a failure', async () => {
  const [one] = await twoRelays()
  const log: string[] = []
  const write = (name: string): Promise<void> =>
    one.inOrder(place, async () => {
      log.push(name)
      await Promise.resolve()
      log.push(`${name}!`)
      if (name === 'a') throw new Error('refused')
    })
  const [first, second] = [write('a'), write('b')]
  await expect(first).rejects.toThrow('refused')
  await second
  expect(log).toEqual(['a', 'a!', 'b', 'b!'])
})
