import { WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { TimeSlice } from '../../core/time-slice.js'
import { fakeClock } from '../../testing/fake-clock.js'
import { settled } from '../../testing/scripted-link.js'
import { connectionContract, type OpenConnection, type Peer } from './connection.contract.js'
import type { Dialect } from './connection.js'
import { InMemoryConnection } from './in-memory-connection.js'
import { lineFrame } from './in-memory-framing.js'
import { InMemorySocket } from './in-memory-socket.js'

const clock = fakeClock()

/** Opens a connection whose dialect records what it gets. */
async function opened(longest = 1000, dialect: Partial<Dialect> = {}) {
  const log: string[] = []
  const events: string[] = []
  let connection: InMemoryConnection | undefined
  let gone = 0
  const socket = new InMemorySocket((client) => {
    connection = new InMemoryConnection({ clock, slice: new TimeSlice(clock), longest }, client)
    connection.use(
      {
        receive: (data) => void log.push(String(data)),
        ping: () => void log.push('ping'),
        end: () => {},
        close: (code) => void log.push(`closed ${code}`),
        ...dialect,
      },
      () => gone++,
    )
    return connection
  }, clock)
  for (const type of ['open', 'message', 'close'] as const)
    socket.addEventListener(type, ({ data, code, reason }) => events.push(`${type} ${code || data} ${reason}`.trim()))
  await settled()
  if (!connection) throw new Error('it was not accepted')
  return { socket, connection, log, events, gone: () => gone }
}

const open: OpenConnection = async (dialectOf) => {
  let text = ''
  let end = (_code: number): void => {}
  const ended = new Promise<number>((resolve) => {
    end = resolve
  })
  const socket = new InMemorySocket((client) => {
    const connection = new InMemoryConnection({ clock, slice: new TimeSlice(clock), longest: 1000 }, client)
    connection.use(dialectOf(connection), () => {})
    return connection
  }, clock)
  socket.addEventListener('message', ({ data }) => {
    text += data
  })
  socket.addEventListener('close', ({ code }) => end(code))
  await new Promise<void>((resolve) => socket.addEventListener('open', () => resolve()))
  const peer: Peer = {
    ended,
    get text() {
      return text
    },
    send: (message) => socket.send(message),
    leave: () => socket.close(1000),
  }
  return peer
}

connectionContract('a connection in memory', { open, framed: lineFrame })

describe('a connection in memory', () => {
  it('carries nothing within a turn, in either direction', async () => {
    const { socket, connection, log, events } = await opened()
    socket.send('a')
    connection.write(lineFrame('b'))
    expect({ log, events }).toEqual({ log: [], events: ['open'] })
    await settled()
    expect({ log, events }).toEqual({ log: ['a'], events: ['open', 'message b'] })
  })

  it('delivers what the client has sent before it closed, and nothing that was written to it since', async () => {
    const { socket, connection, log, events, gone } = await opened()
    socket.send('last')
    socket.close(1000)
    const written: boolean[] = []
    connection.write(lineFrame('late'), (done) => written.push(done) > 0)
    await settled()
    expect({ log, events, written, gone: gone() }).toEqual({
      log: ['last', 'closed 1000'],
      events: ['open', 'close 1000'],
      written: [false],
      gone: 1,
    })
  })

  it('loses at a cut what has not arrived at either end', async () => {
    const { socket, connection, log, events } = await opened()
    const written: boolean[] = []
    socket.send('a')
    connection.write(lineFrame('b'), (done) => written.push(done) > 0)
    socket.cut()
    await settled()
    expect({ log, events, written }).toEqual({ log: ['closed 1006'], events: ['open', 'close 1006'], written: [false] })
  })

  it('is behind while the client does not read, and drained when it has read all', async () => {
    const { socket, connection, events } = await opened()
    const release = socket.hold()
    expect(connection.write(lineFrame('x'.repeat(20_000)))).toBe(false)
    let drained = false
    connection.whenDrained(() => {
      drained = true
    })
    await settled()
    expect({ waiting: connection.waiting, drained, events: events.length }).toEqual({
      waiting: 20_001,
      drained: false,
      events: 1,
    })
    release()
    await settled()
    expect({ waiting: connection.waiting, drained, events: events.length }).toEqual({
      waiting: 0,
      drained: true,
      events: 2,
    })
  })

  it('is lost 2 s after its end if the client does not read', async () => {
    const { socket, connection, log, events } = await opened()
    socket.hold()
    connection.end(new WildcastError('slow_consumer', 'read faster'))
    await settled()
    expect(events).toEqual(['open'])
    clock.advance(2000)
    await settled()
    expect({ log, events }).toEqual({ log: ['closed 1006'], events: ['open', 'close 1006'] })
  })

  it('ends with 1009 at a message that is longer than the limit in bytes', async () => {
    const { socket, log, events } = await opened(10)
    socket.send('ééééé')
    await settled()
    expect(log).toEqual(['ééééé'])
    socket.send('éééééé')
    await settled()
    expect({ log, events }).toEqual({
      log: ['ééééé', 'closed 1009'],
      events: ['open', 'close 1009 the message is too long'],
    })
  })

  it('handles the parts of a message one by one, and none during a pause', async () => {
    const received: string[] = []
    let resume = (): void => {}
    const { socket, connection } = await opened(1000, {
      split: (data) => String(data).split(','),
      receive(data) {
        received.push(String(data))
        if (data === '2') resume = connection.pause()
      },
    })
    socket.send('1,2,3')
    socket.send('4')
    await settled()
    expect(received).toEqual(['1', '2'])
    resume()
    await settled()
    expect(received).toEqual(['1', '2', '3', '4'])
  })

  it('closes its dialect also if the client leaves during a pause', async () => {
    const { socket, connection, log } = await opened()
    connection.pause()
    socket.send('waits')
    socket.close(1001)
    await settled()
    expect(log).toEqual(['waits', 'closed 1001'])
  })

  it('copies bytes, which their sender may change later', async () => {
    const received: unknown[] = []
    const { socket } = await opened(1000, { receive: (data) => void received.push(data) })
    const bytes = Uint8Array.of(1)
    socket.send(bytes)
    bytes[0] = 2
    await settled()
    expect(received).toEqual([Uint8Array.of(1)])
  })
})

it('a socket that is refused closes with 1006 and the reason', async () => {
  const socket = new InMemorySocket(() => {
    throw new WildcastError('rate_limited', 'the relay is full')
  }, clock)
  const events: unknown[] = []
  socket.addEventListener('open', () => events.push('open'))
  socket.addEventListener('close', ({ code, reason }) => events.push([code, reason]))
  expect(events).toEqual([])
  await settled()
  expect(events).toEqual([[1006, 'the relay is full']])
})

it.each(['close', 'cut'] as const)('a socket with a %s before it is open is never accepted', async (how) => {
  let accepted = 0
  const codes: number[] = []
  const socket = new InMemorySocket(() => {
    accepted++
    throw new Error('accepted')
  }, clock)
  socket[how]()
  socket.addEventListener('close', ({ code }) => codes.push(code))
  await settled()
  expect({ accepted, codes }).toEqual({ accepted: 0, codes: [1006] })
})
