import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import type { WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.js'
import type { FromChild } from './child-messages.js'
import { restartDelayMs, type WorkerSlot, workerSlot } from './worker-slot.js'

/** A process whose messages and end a test controls. */
interface Script {
  /** The messages that it received, and the signals. */
  readonly received: string[]
  sends(message: FromChild): void
  /** Resolves when all consequences have happened. */
  ends(how: number | NodeJS.Signals): Promise<void>
}

function open(): { slot: WorkerSlot; children: Script[]; log: string[]; clock: ReturnType<typeof fakeClock> } {
  const clock = fakeClock()
  const [children, log]: [Script[], string[]] = [[], []]
  const fork = (): ChildProcess => {
    const received: string[] = []
    const child = Object.assign(new EventEmitter(), {
      send: ({ kind }: { kind: string }) => received.push(kind) > 0,
      kill: (signal: string) => received.push(signal) > 0,
    })
    children.push({
      received,
      sends: (message) => child.emit('message', message),
      async ends(how) {
        child.emit('close', typeof how === 'number' ? how : null, typeof how === 'string' ? how : null)
        await turn()
      },
    })
    return child as unknown as ChildProcess
  }
  const opened = workerSlot({
    name: 'worker 1',
    fork,
    task: {},
    onMessage: ({ kind }) => log.push(kind),
    onEnd: (relay) => log.push(`ended ${relay}`),
    clock,
    onError: ({ message }: WildcastError) => log.push(message),
  })
  return { slot: opened, children, log, clock }
}

async function ready(): Promise<ReturnType<typeof open> & { first: Script }> {
  const opened = open()
  const started = opened.slot.open()
  const [first] = opened.children as [Script]
  first.sends({ kind: 'ready', relay: 'R' })
  await started
  return { ...opened, first }
}

it('waits longer with every crash in a row, up to a limit', () => {
  expect([1, 2, 3, 4, 9, 100].map(restartDelayMs)).toEqual([0, 100, 200, 400, 10_000, 10_000])
})

describe('a worker slot', () => {
  it('is open when its process is ready', async () => {
    const { slot, children } = open()
    const started = slot.open()
    expect(slot.send({ kind: 'count' })).toBe(false)
    children[0]?.sends({ kind: 'ready' })
    await started
    expect(slot.send({ kind: 'count' })).toBe(true)
    expect(children[0]?.received).toEqual(['begin', 'count'])
  })

  it.each<[FromChild, object]>([
    [{ kind: 'failed', message: 'port 1 is in use' }, { message: 'port 1 is in use' }],
    [
      { kind: 'failed', code: 'forbidden', message: 'no' },
      { message: 'no', code: 'forbidden' },
    ],
  ])('stays empty if the first process can not start, and rejects with the reason: %j', async (message, error) => {
    const { slot, children, log } = open()
    const refused = expect(slot.open()).rejects.toMatchObject(error)
    children[0]?.sends(message)
    await children[0]?.ends(1)
    await refused
    expect({ processes: children.length, log }).toEqual({ processes: 1, log: [] })
  })

  it('gets another process at once, and after a wait if that crashes too', async () => {
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
    // A process that has run for a while is replaced at once again.
    children[2]?.sends({ kind: 'ready' })
    await turn()
    clock.advance(10_000)
    await children[2]?.ends(1)
    clock.advance(0)
    expect(children).toHaveLength(4)
  })

  it('returns the clients that its process has not taken when it ends', async () => {
    const { slot, first } = await ready()
    const again: string[] = []
    const arrival = (name: string) => ({ endpoint: 0, socket: new Socket(), passAgain: () => again.push(name) })
    const [taken, left] = [arrival('taken'), arrival('left')]
    expect({ taken: slot.pass(taken), left: slot.pass(left) }).toEqual({ taken: true, left: true })
    first.sends({ kind: 'taken', number: 1 })
    expect({ taken: taken.socket.destroyed, left: left.socket.destroyed }).toEqual({ taken: true, left: false })
    await first.ends('SIGKILL')
    expect(again).toEqual(['left'])
    expect(left.socket.destroyed).toBe(false)
    expect(slot.pass(left)).toBe(false)
  })

  it('closes its process in good order, and does not replace it', async () => {
    const { slot, children, clock, first } = await ready()
    const closed = slot.close()
    expect(first.received).toEqual(['begin', 'end'])
    await first.ends(0)
    await closed
    clock.advance(60_000)
    expect(children).toHaveLength(1)
  })

  it('kills a process that does not end', async () => {
    const { slot, clock, first } = await ready()
    const closed = slot.close()
    clock.advance(25_000)
    expect(first.received).toEqual(['begin', 'end', 'SIGKILL'])
    await first.ends('SIGKILL')
    await closed
  })

  it('can be closed while it is empty', async () => {
    const { slot, children, clock, first } = await ready()
    await first.ends(1)
    await slot.close()
    clock.advance(60_000)
    expect(children).toHaveLength(1)
  })
})
