import { WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { recordingOutlet } from '../testing/recording-outlet.js'
import { relayOn, subscribe } from '../testing/scripted-relay.js'
import { everything, type Identity } from './access/identity.js'
import type { Limits } from './limits.js'
import type { Session } from './session.js'
import { rateKeyOf } from './session-rates.js'

const ada: Identity = { user: 'ada', claims: {} }
const bob: Identity = { user: 'bob', claims: {} }

async function opened(limits: Partial<Limits>) {
  const { relay, clock } = await relayOn(undefined, { limits })
  return {
    clock,
    open: (identity = everything, rateKey?: string): Session => relay.open(recordingOutlet(), identity, rateKey),
  }
}

/** Publishes. Resolves with `ok`, or the milliseconds to wait. */
async function publish(session: Session, payload = ''): Promise<number | string | undefined> {
  try {
    await session.publish({ subject: 'a', payload })
    return 'ok'
  } catch (cause) {
    const { code, retryInMs } = WildcastError.from(cause)
    return code === 'rate_limited' ? retryInMs : code
  }
}

describe('the publish rate', () => {
  it('has no limit by default', async () => {
    const session = (await opened({})).open()
    for (let i = 0; i < 1000; i++) expect(await publish(session)).toBe('ok')
  })

  it('is limited for a session, in messages', async () => {
    const { open, clock } = await opened({ publishes: 2 })
    const [session, other] = [open(), open()]
    expect([await publish(session), await publish(session), await publish(session)]).toEqual(['ok', 'ok', 500])
    expect(await publish(other)).toBe('ok')
    clock.advance(499)
    expect(await publish(session)).toBe(1)
    clock.advance(1)
    expect(await publish(session)).toBe('ok')
  })

  it('is limited for a session, in bytes of UTF-8', async () => {
    const { open, clock } = await opened({ publishBytes: 1000 })
    const session = open()
    expect(await publish(session, 'é'.repeat(500))).toBe('ok')
    expect(await publish(session, 'x')).toBe(1)
    clock.advance(1000)
    expect(await publish(session, 'x')).toBe('ok')
  })

  it('is limited for a user, over all sessions', async () => {
    const { open } = await opened({ userPublishes: 2 })
    const [one, two] = [open(ada), open(ada)]
    expect([await publish(one), await publish(two), await publish(one), await publish(two)]).toEqual([
      'ok',
      'ok',
      500,
      500,
    ])
    expect(await publish(open(bob))).toBe('ok')
  })

  it('of a user does not count what the session itself was refused', async () => {
    const { open } = await opened({ publishes: 1, userPublishes: 2 })
    const session = open(ada)
    expect([await publish(session), await publish(session), await publish(session)]).toEqual(['ok', 1000, 1000])
    expect(await publish(open(ada))).toBe('ok')
  })

  it('is shared by sessions with the same key', async () => {
    const { open } = await opened({ publishes: 1 })
    expect([await publish(open(everything, 'a')), await publish(open(everything, 'a'))]).toEqual(['ok', 1000])
    expect(await publish(open(everything, 'b'))).toBe('ok')
  })

  it('counts requests and refused publishes, too', async () => {
    const { open } = await opened({ publishes: 2 })
    const session = open()
    await expect(session.publish({ subject: '..', payload: '' })).rejects.toMatchObject({ code: 'invalid_subject' })
    session.request({ subject: 'a', payload: '' }, {}).catch(() => {})
    expect(await publish(session)).toBe(500)
  })

  it('counts frames that can not be read', async () => {
    const { open } = await opened({ publishes: 2 })
    const session = open()
    session.actions.unreadable()
    session.actions.unreadable()
    expect(await publish(session)).toBe(500)
  })
})

it('new subscriptions are limited, and publishes do not count for them (L1)', async () => {
  const { open, clock } = await opened({ subscribes: 2, publishes: 1 })
  const session = open()
  await publish(session)
  await subscribe(session, 'a')
  session.unsubscribe((await subscribe(session, 'b')).id)
  await expect(subscribe(session, 'c')).rejects.toMatchObject({ code: 'rate_limited', retry: true, retryInMs: 500 })
  clock.advance(500)
  await subscribe(session, 'c')
})

describe('the key of requests without a user', () => {
  it('is the same for the addresses that one machine may take', () => {
    expect(rateKeyOf(undefined, '2001:db8:1:2::a')).toBe(rateKeyOf(undefined, '2001:db8:1:2:ffff::b'))
    expect(rateKeyOf(undefined, '2001:db8:1:2::a')).not.toBe(rateKeyOf(undefined, '2001:db8:1:3::a'))
    expect(rateKeyOf(undefined, '192.0.2.1')).not.toBe(rateKeyOf(undefined, '192.0.2.2'))
  })
})
