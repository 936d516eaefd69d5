import type { ClientFrame, RelayFrame } from '@wildcast/protocol'
import { describe, expect, test } from 'vitest'
import { connect, start } from '../testing/connect.js'
import { createFakeClock, type FakeClock, settle } from '../testing/fake-clock.js'
import { keeping, type ScriptedRelay, welcome } from '../testing/scripted-relay.js'
import type { TokenReason } from './token-source.js'

/** A token function that records its reasons and returns a new token at each call. */
function counting() {
  const reasons: TokenReason[] = []
  const token = async ({ reason }: { reason: TokenReason }): Promise<string> => `token ${reasons.push(reason)}`
  return { token, reasons }
}

/** A relay whose tokens are valid for `ms` milliseconds. */
function expiring(relay: ScriptedRelay, ms: number, base = welcome): void {
  relay.answer = (frame: ClientFrame): RelayFrame | undefined => {
    if (frame.kind === 'Connect') return { ...base, resumed: frame.session !== undefined, expires_in: ms }
    return frame.kind === 'Authenticate' ? { kind: 'Ack', ref: frame.ref, expires_in: ms } : undefined
  }
}

const shown = ({ links }: ScriptedRelay): unknown[] =>
  links.flatMap(({ sent }) =>
    sent.flatMap((frame) => (frame.kind === 'Connect' || frame.kind === 'Authenticate' ? [frame.token] : [])),
  )

describe('a token that expires', () => {
  test('is renewed on the live connection two minutes before its end, again and again', async () => {
    const { token, reasons } = counting()
    const { client, relay, clock } = start({ token })
    expiring(relay, 3_600_000)
    await settle()
    let calls = 0
    client.onAccess(() => calls++)
    await clock.advance(3_479_999)
    expect(reasons).toEqual(['connect'])
    await clock.advance(1)
    expect(shown(relay)).toEqual(['token 1', 'token 2'])
    await clock.advance(3_480_000)
    expect(shown(relay)).toEqual(['token 1', 'token 2', 'token 3'])
    expect({ reasons, calls, links: relay.links.length }).toEqual({
      reasons: ['connect', 'expiring', 'expiring'],
      calls: 2,
      links: 1,
    })
  })
  test('that lives shortly is renewed when a quarter of its time is left', async () => {
    const { token, reasons } = counting()
    const { relay, clock } = start({ token })
    expiring(relay, 60_000)
    await clock.advance(44_999)
    expect(reasons).toEqual(['connect'])
    await clock.advance(1)
    expect(reasons).toEqual(['connect', 'expiring'])
  })
  test('is requested a few times more if that fails or the relay gives it no more time', async () => {
    const reasons: TokenReason[] = []
    const token = ({ reason }: { reason: TokenReason }): string => {
      reasons.push(reason)
      if (reasons.length === 2) throw new Error('offline')
      return 'same'
    }
    const { client, relay, clock, errors } = start({ token })
    relay.answer = (frame) => (frame.kind === 'Connect' ? { ...welcome, expires_in: 120_000 } : undefined)
    await clock.advance(120_000)
    expect(reasons).toEqual(['connect', 'expiring', 'expiring', 'expiring', 'expiring'])
    expect(errors).toEqual([{ code: 'internal', stage: 'token', message: 'offline' }])
    expect(client.status.state).toBe('online')
  })
  test('is not renewed if it is a text, nor at a relay that names no time', async () => {
    const fixed = start({ token: 'fixed' })
    expiring(fixed.relay, 60_000)
    const { token, reasons } = counting()
    const timeless = start({ token })
    for (const { clock } of [fixed, timeless]) await clock.advance(600_000)
    expect(shown(fixed.relay)).toEqual(['fixed'])
    expect(reasons).toEqual(['connect'])
  })
  test('of a year sets no timer that is longer than a browser allows', async () => {
    const clock = createFakeClock()
    const waits: number[] = []
    const after: FakeClock['after'] = (ms, run) => {
      waits.push(ms)
      return clock.after(ms, run)
    }
    const { relay } = start({ token: counting().token, clock: { ...clock, after } })
    expiring(relay, 365 * 86_400_000)
    await settle()
    expect(Math.max(...waits)).toBe(2 ** 31 - 1)
  })
  test('is not renewed while the connection is lost: the next attempt gets a new one', async () => {
    const { token, reasons } = counting()
    const { relay, clock } = start({ token })
    expiring(relay, 60_000)
    await settle()
    relay.obliging = false
    relay.link.drop()
    await clock.advance(60_000)
    expect(reasons).not.toContain('expiring')
  })
  test('that is refused as a renewal is reported, and the session continues', async () => {
    const { token } = counting()
    const { client, relay, clock, errors } = start({ token })
    const message = 'the token is of another user'
    relay.answer = (frame) => {
      if (frame.kind === 'Connect') return { ...welcome, expires_in: 60_000 }
      if (frame.kind !== 'Authenticate') return undefined
      return { kind: 'Error', ref: frame.ref, code: 'unauthorized', message, retry: false }
    }
    await clock.advance(45_000)
    expect(errors).toEqual([{ code: 'unauthorized', stage: 'token', message }])
    expect(client.status.state).toBe('online')
    expect(relay.links).toHaveLength(1)
  })
  test('allows a subscription that was denied before', async () => {
    const { token } = counting()
    const { client, relay, clock } = start({ token, onError: () => {} })
    let isAllowed = false
    relay.answer = (frame) => {
      if (frame.kind === 'Connect') return { ...welcome, expires_in: 60_000 }
      if (frame.kind === 'Authenticate') {
        isAllowed = true
        return { kind: 'Ack', ref: frame.ref }
      }
      if (frame.kind !== 'Subscribe' || isAllowed) return undefined
      return { kind: 'Error', ref: frame.ref, code: 'forbidden', message: 'no', retry: false }
    }
    const statuses: string[] = []
    client.subscribe('room.1', () => {}, { onStatus: (status) => statuses.push(status), onError: () => {} })
    await clock.advance(40_000)
    expect(statuses.at(-1)).toBe('denied')
    await clock.advance(5_000)
    expect(statuses.at(-1)).toBe('ready')
  })
})

describe('a token that the relay refuses', () => {
  test.each([
    ['expired', 4440],
    ['not valid any longer', 4501],
  ])('on a live connection, since it is %s, is replaced at once, and the session resumes', async (_, code) => {
    const { token, reasons } = counting()
    const { client, relay, errors } = start({ token })
    expiring(relay, 60_000, keeping)
    await settle()
    relay.link.drop(code, 'refused')
    expect(client.status).toMatchObject({ state: 'connecting', reason: { message: 'refused' } })
    await settle()
    expect(client.status.state).toBe('online')
    expect(relay.link.all('Connect')).toMatchObject([{ token: 'token 2', session: 'key' }])
    expect({ reasons, errors }).toEqual({ reasons: ['connect', 'refused'], errors: [] })
  })
  test('at the connect is replaced once; the second refusal is final and reported once', async () => {
    const { token, reasons } = counting()
    const { client, relay, clock, errors } = start({ token })
    relay.answer = () => 'nothing'
    for (const reason of ['bad', 'still bad']) {
      await settle()
      relay.link.send({ kind: 'Error', code: 'unauthorized', message: reason, retry: false })
      relay.link.drop(4501, reason)
    }
    await clock.advance(60_000)
    expect(client.status).toMatchObject({ state: 'closed', reason: { code: 'unauthorized', message: 'still bad' } })
    expect(reasons).toEqual(['connect', 'refused'])
    expect(errors).toEqual([{ code: 'unauthorized', stage: 'transport', message: 'still bad' }])
  })
  test('and that the app returns again is final, with the reason of the relay', async () => {
    const { client, relay, errors } = await connect({ token: async () => 'the only one' })
    relay.link.drop(4501, 'an operator has ended the sessions of this user')
    await settle()
    expect(relay.links).toHaveLength(1)
    expect(client.status).toMatchObject({ state: 'closed', reason: { code: 'unauthorized' } })
    expect(errors).toEqual([
      { code: 'unauthorized', stage: 'transport', message: 'an operator has ended the sessions of this user' },
    ])
  })
  test.each([4440, 4501])('and that is a text is final (%i); reconnect() tries it again', async (code) => {
    const { client, relay, errors } = await connect({ token: 'fixed' })
    relay.link.drop(code, 'refused')
    await settle()
    expect(client.status.state).toBe('closed')
    expect(errors).toHaveLength(1)
    client.reconnect()
    await settle()
    expect(client.status.state).toBe('online')
  })
  test('is replaced again in a later connection, but not faster than the client reconnects', async () => {
    const { token, reasons } = counting()
    const { client, relay, clock } = await connect({ token })
    relay.link.drop(4440)
    await settle()
    expect(client.status.state).toBe('online')
    relay.link.drop(4440)
    expect(client.status.state).toBe('waiting')
    await clock.advance(20_000)
    expect(client.status.state).toBe('online')
    relay.link.drop(4440)
    await settle()
    expect(client.status.state).toBe('online')
    expect(reasons).toEqual(['connect', 'refused', 'refused', 'refused'])
  })
  test('is requested until the app has another one', async () => {
    const reasons: TokenReason[] = []
    const { client, relay, clock, errors } = await connect({
      token({ reason }) {
        reasons.push(reason)
        if (reasons.length === 2) throw new Error('the login server is away')
        return `token ${reasons.length}`
      },
    })
    relay.link.drop(4440)
    await settle()
    expect(client.status.state).toBe('waiting')
    await clock.advance(20_000)
    expect(client.status.state).toBe('online')
    expect(reasons).toEqual(['connect', 'refused', 'refused'])
    expect(errors).toMatchObject([{ stage: 'token', message: 'the login server is away' }])
  })
  test('without a token option ends the client only if it is final', async () => {
    const { client, relay, clock } = await connect()
    relay.link.drop(4440)
    await clock.advance(20_000)
    expect(client.status.state).toBe('online')
    relay.link.drop(4501)
    expect(client.status.state).toBe('closed')
  })
  test('never becomes anonymous: a function that returns no text is an error', async () => {
    const { relay, errors } = await connect({ token: (() => undefined) as never })
    expect(relay.links).toEqual([])
    expect(errors).toMatchObject([{ stage: 'token', message: expect.stringContaining('return a string') }])
  })
})
