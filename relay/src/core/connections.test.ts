import { WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { Connections, isRelayFull } from './connections.js'
import { type Limits, limitsOf } from './limits.js'
import { nobody } from './observer.js'

function opened(limits: Partial<Limits>) {
  const clock = fakeClock()
  const counts = { entering: 0, open: 0, away: 0, refused: 0, logged: 0 }
  const connections = new Connections({
    clock,
    limits: limitsOf(limits),
    onError: () => void counts.logged++,
    observer: {
      ...nobody,
      connections: (state, by) => {
        counts[state] += by
      },
      refused: () => void counts.refused++,
    },
  })
  return { clock, counts, connections }
}

/** The refusal of an action: who is full, and how long to wait. */
function refusalOf(act: () => unknown): object | undefined {
  try {
    act()
    return undefined
  } catch (cause) {
    const error = WildcastError.from(cause)
    return { code: error.code, relayIsFull: isRelayFull(error), retryInMs: error.retryInMs }
  }
}

const ofClient = { code: 'rate_limited', relayIsFull: false, retryInMs: 5000 }

describe('the connections of a relay', () => {
  it('have no limit by default', () => {
    const { connections, counts } = opened({})
    for (let i = 0; i < 1000; i++) connections.known(connections.enter('192.0.2.1'), 'ada')
    expect(counts).toEqual({ entering: 0, open: 1000, away: 0, refused: 0, logged: 0 })
  })

  it('are limited in all, and each that closes makes room for one', () => {
    const { connections, counts } = opened({ connections: 2 })
    const [first] = [connections.enter('a'), connections.enter('b')]
    expect(refusalOf(() => connections.enter('c'))).toEqual({ ...ofClient, relayIsFull: true })
    connections.leave(first)
    connections.leave(first)
    connections.enter('c')
    expect(refusalOf(() => connections.enter('d'))).toMatchObject({ relayIsFull: true })
    expect(counts).toEqual({ entering: 2, open: 0, away: 0, refused: 2, logged: 2 })
  })

  it('are limited for each address, and for each /64 of IPv6', () => {
    const { connections } = opened({ addressConnections: 1 })
    const place = connections.enter('2001:db8::1')
    expect(refusalOf(() => connections.enter('2001:db8::2'))).toEqual(ofClient)
    expect(refusalOf(() => connections.enter('2001:db8:0:1::1'))).toBeUndefined()
    expect(refusalOf(() => connections.enter(undefined))).toBeUndefined()
    connections.leave(place)
    expect(refusalOf(() => connections.enter('2001:db8::2'))).toBeUndefined()
  })

  it('are limited for each user, once that is known', () => {
    const { connections } = opened({ userConnections: 1 })
    const [first, second] = [connections.enter('a'), connections.enter('b')]
    connections.known(first, 'ada')
    expect(refusalOf(() => connections.known(second, 'ada'))).toEqual(ofClient)
    connections.leave(second)
    connections.leave(first)
    expect(refusalOf(() => connections.known(connections.enter('b'), 'ada'))).toBeUndefined()
    for (let i = 0; i < 10; i++)
      expect(refusalOf(() => connections.known(connections.enter('c'), undefined))).toBeUndefined()
  })

  it('come at a limited rate, in all', () => {
    const { connections, clock } = opened({ handshakes: 10 })
    for (let i = 0; i < 10; i++) connections.enter(`${i}`)
    expect(refusalOf(() => connections.enter('x'))).toEqual({ ...ofClient, relayIsFull: true, retryInMs: 100 })
    clock.advance(100)
    expect(refusalOf(() => connections.enter('x'))).toBeUndefined()
  })

  it('of one address come at a limited rate, which does not use up the rate of the others', () => {
    const { connections } = opened({ handshakes: 10, addressHandshakes: 2 })
    for (let i = 0; i < 2; i++) connections.enter('a')
    for (let i = 0; i < 1000; i++)
      expect(refusalOf(() => connections.enter('a'))).toEqual({ ...ofClient, retryInMs: 500 })
    for (let i = 0; i < 8; i++) connections.enter(`other${i}`)
    expect(refusalOf(() => connections.enter('last'))).toMatchObject({ relayIsFull: true })
  })
})
