import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { expect, it } from 'vitest'
import { frame } from '../../../test/raw-socket.js'
import { TimeSlice } from '../../core/time-slice.js'
import { UnfinishedInput } from '../../core/unfinished-input.js'
import { fakeClock } from '../../testing/fake-clock.js'
import { MessageMeters } from './message-meter.js'
import { SocketInput } from './socket-input.js'

const [binary, final] = [0x2, 0x80]

/**
 * The input of a socket whose bytes and messages a test gives. The clock's turns end when the test
 * decides.
 */
function input() {
  let now = 0
  let ends: (() => void)[] = []
  const clock = { ...fakeClock(), now: () => now, endOfTurn: (run: () => void) => void ends.push(run) }
  const slice = new TimeSlice(clock)
  const unfinished = new UnfinishedInput(1000)
  const handled: string[] = []
  const made: string[] = []
  function* madeSoFar(text: string): Generator<string> {
    for (const part of text.split('|')) {
      made.push(part)
      yield part
    }
  }
  let cut = 0
  const fed: number[] = []
  const socket = new Duplex({ read() {}, write() {} })
  const feed = (chunk: Buffer): void => void fed.push(chunk.length)
  // As ws does.
  socket
    .on('data', feed)
    .on('end', () => fed.push(0))
    .on('close', () => {
      socket.off('data', feed)
      if (socket.readableLength > 0) feed(socket.read(socket.readableLength))
      fed.push(0)
    })
  let pausesAt: string | undefined
  let resume: (() => void) | undefined
  const owner = {
    handle(text: string | Uint8Array) {
      handled.push(String(text))
      if (String(text) === pausesAt) resume = one.pause()
    },
    split: (text: string | Uint8Array) => (String(text).includes('|') ? madeSoFar(String(text)) : undefined),
    stopReading: () => () => {},
  }
  const one = new SocketInput(
    socket,
    { clock, slice, unfinished, meters: new MessageMeters(1000) },
    { ...owner, cutOff: () => void cut++ },
  )
  return {
    one,
    socket,
    unfinished,
    handled,
    made,
    fed,
    cut: () => cut,
    /** Uses up the time of this turn. */
    useUp() {
      slice.admits(1024 * 1024)
      now += 100
      slice.admits(1024 * 1024)
    },
    /** Pauses after this part, until the returned function is called. */
    pauseAt(part: string) {
      pausesAt = part
      return () => resume?.()
    },
    endTurn() {
      const due = ends
      ends = []
      for (const run of due) run()
    },
  }
}

it('a late message of ws, such as a compressed one, is handled though nothing follows it', () => {
  const { one, handled, useUp, endTurn } = input()
  useUp()
  one.put('late')
  one.put('later')
  expect(handled).toEqual([])
  endTurn()
  expect(handled).toEqual(['late', 'later'])
})

it('bytes after `stop` are neither passed to ws nor counted', () => {
  const { one, unfinished, fed, cut } = input()
  const begun = frame(binary, 'x'.repeat(600))
  one.take(begun)
  expect(one.unfinished).toBe(begun.length)
  one.stop()
  expect(one.unfinished).toBe(0)
  const before = fed.length
  for (let i = 0; i < 10; i++) one.take(begun)
  expect(fed).toHaveLength(before)
  let others = 0
  unfinished.hold({ cutOff: () => void others++ }, 900)
  expect({ others, cut: cut() }).toEqual({ others: 0, cut: 0 })
})

it('a complete message counts no bytes', () => {
  const { one } = input()
  one.take(frame(final | binary, 'x'.repeat(600)))
  expect(one.unfinished).toBe(0)
  expect(one.completed).toBe(1)
})

it('the parts of a message are handled one by one, before later messages, as many in a turn as time allows', () => {
  const { one, handled, useUp, endTurn } = input()
  useUp()
  one.put('a|b')
  one.put('c')
  one.put('d|e')
  endTurn()
  expect(handled).toEqual(['a', 'b', 'c', 'd', 'e'])
})

it('waiting parts of a message are handled after its socket has closed, in later turns', () => {
  const { one, handled, useUp, endTurn } = input()
  useUp()
  one.put('a|b')
  one.close(() => handled.push('end'))
  expect(handled).toEqual([])
  endTurn()
  expect(handled).toEqual(['a', 'b', 'end'])
})

it('parts of a message wait during a pause, and so do later messages', () => {
  const { one, handled, endTurn, pauseAt } = input()
  const resume = pauseAt('b')
  one.put('a|b|c')
  one.put('d')
  endTurn()
  expect(handled).toEqual(['a', 'b'])
  resume()
  endTurn()
  expect(handled).toEqual(['a', 'b', 'c', 'd'])
})

it('a part is made when it is handled, not before', () => {
  const { one, made, pauseAt } = input()
  pauseAt('a')
  one.put('a|b|c')
  expect(made).toEqual(['a'])
})

it('a pause does not hold earlier messages when the socket has closed', () => {
  const { one, handled, endTurn, pauseAt } = input()
  pauseAt('a')
  one.put('a|b')
  one.close(() => handled.push('end'))
  endTurn()
  expect(handled).toEqual(['a', 'b', 'end'])
})

it('bytes that have come when the socket closes are passed to ws once, in order, and none after the end', async () => {
  const { one, socket, fed, useUp, endTurn } = input()
  useUp()
  one.take(frame(binary, 'x'.repeat(10)))
  expect(fed).toEqual([])
  socket.pause()
  socket.push(frame(binary, 'x'.repeat(20)))
  socket.destroy()
  await once(socket, 'close')
  endTurn()
  const [first, second] = [10, 20].map((length) => frame(binary, 'x'.repeat(length)).length)
  expect(fed).toEqual([first, second, 0])
})

it('waiting bytes are passed to ws before the end of the socket', async () => {
  const { one, socket, fed, useUp, endTurn } = input()
  useUp()
  const last = frame(binary, 'x')
  one.take(last)
  socket.push(null)
  await once(socket, 'end')
  endTurn()
  expect(fed).toEqual([last.length, 0])
})
