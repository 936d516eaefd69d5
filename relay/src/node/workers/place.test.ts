import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import type { WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.js'
import { emptyMs, place, type WorkerSlot } from './place.js'
import type { FromMember } from './words.js'

/** A process whose words and end a test gives. */
interface Script {
  /** What it was told, and how it was killed. */
  readonly told: string[]
  says(words: FromMember): void
  /** Resolves when everything has happened that follows from it. */
  ends(how: number | NodeJS.Signals): Promise<void>
}

function open(): { place: WorkerSlot; children: Script[]; log: string[]; clock: ReturnType<typeof fakeClock> } {
  const clock = fakeClock()
  const [children, log]: [Script[], string[]] = [[], []]
  const fork = (): ChildProcess => {
    const told: string[] = []
    const child = Object.assign(new EventEmitter(), {
      send: ({ kind }: { kind: string }) => told.push(kind) > 0,
      kill: (signal: string) => told.push(signal) > 0,
    })
    children.push({
      told,
      says: (words) => child.emit('message', words),
      async ends(how) {
        child.emit('close', typeof how === 'number' ? how : null, typeof how === 'string' ? how : null)
        await turn()
      },
    })
    return child as unknown as ChildProcess
  }
  const opened = place({
    name: 'worker 1',
    fork,
    task: {},
    heard: ({ kind }) => log.push(kind),
    ended: (relay) => log.push(`ended ${relay}`),
    clock,
    onError: ({ message }: WildcastError) => log.push(message),
  })
  return { place: opened, children, log, clock }
}

async function ready(): Promise<ReturnType<typeof open> & { first: Script }> {
  const opened = open()
  const begun = opened.place.open()
  const [first] = opened.children as [Script]
  first.says({ kind: 'ready', relay: 'R' })
  await begun
  return { ...opened, first }
}

it('waits longer with every crash in a row, within bounds', () => {
  expect([1, 2, 3, 4, 9, 100].map(emptyMs)).toEqual([0, 100, 200, 400, 10_000, 10_000])
})

describe('a place', () => {
  it('is open when its process says so', async () => {
    const { place, children } = open()
    const begun = place.open()
    expect(place.say({ kind: 'count' })).toBe(false)
    children[0]?.says({ kind: 'ready' })
    await begun
    expect(place.say({ kind: 'count' })).toBe(true)
    expect(children[0]?.told).toEqual(['begin', 'count'])
  })

  it.each<[FromMember, object]>([
    [{ kind: 'failed', message: 'port 1 is in use' }, { message: 'port 1 is in use' }],
    [
      { kind: 'failed', code: 'forbidden', message: 'no' },
      { message: 'no', code: 'forbidden' },
    ],
  ])('stays empty where the first process can not begin, and says why: %j', async (words, error) => {
    const { place, children, log } = open()
    const refused = expect(place.open()).rejects.toMatchObject(error)
    children[0]?.says(words)
    await children[0]?.ends(1)
    await refused
    expect([children.length, log]).toEqual([1, []])
  })

  it('is taken by another process at once, and later where that crashes too', async () => {
    const { children, clock, log, first } = await ready()
    await first.ends('SIGKILL')
    clock.advance(0)
    expect(children).toHaveLength(2)
    await children[1]?.ends(1)
    clock.advance(99)
    expect(children).toHaveLength(2)
    clock.advance(1)
    expect(children).toHaveLength(3)
    expect(log).toEqual([
      'ended R',
      'worker 1 is started again now: it ended (SIGKILL)',
      'worker 1 is started again in 100 ms: worker 1 ended before it had begun (exit code 1)',
    ])
    // One that has stood for a while is replaced at once again.
    children[2]?.says({ kind: 'ready' })
    await turn()
    clock.advance(10_000)
    await children[2]?.ends(1)
    clock.advance(0)
    expect(children).toHaveLength(4)
  })

  it('gives clients back that its process has not taken when it ends', async () => {
    const { place, first } = await ready()
    const again: string[] = []
    const arrival = (name: string) => ({ endpoint: 0, socket: new Socket(), again: () => again.push(name) })
    const [taken, left] = [arrival('taken'), arrival('left')]
    expect([place.hand(taken), place.hand(left)]).toEqual([true, true])
    first.says({ kind: 'taken', number: 1 })
    expect([taken.socket.destroyed, left.socket.destroyed]).toEqual([true, false])
    await first.ends('SIGKILL')
    expect(again).toEqual(['left'])
    expect(left.socket.destroyed).toBe(false)
    expect(place.hand(left)).toBe(false)
  })

  it('is left in good order, and not taken again', async () => {
    const { place, children, clock, first } = await ready()
    const closed = place.close()
    expect(first.told).toEqual(['begin', 'end'])
    await first.ends(0)
    await closed
    clock.advance(60_000)
    expect(children).toHaveLength(1)
  })

  it('is cleared of a process that does not end', async () => {
    const { place, clock, first } = await ready()
    const closed = place.close()
    clock.advance(25_000)
    expect(first.told).toEqual(['begin', 'end', 'SIGKILL'])
    await first.ends('SIGKILL')
    await closed
  })

  it('is closed while it is empty, too', async () => {
    const { place, children, clock, first } = await ready()
    await first.ends(1)
    await place.close()
    clock.advance(60_000)
    expect(children).toHaveLength(1)
  })
})
