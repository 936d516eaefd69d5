import { describe, expect, it } from 'vitest'
import { keepingBroker } from '../keeping-broker.js'
import { type AuthRelay, authRelay, expiredToken, token } from './auth-relay.js'
import { doors } from './doors.js'

/** A relay that keeps the messages of all subjects. */
const open = (settings: Parameters<typeof authRelay>[0] = {}): Promise<AuthRelay> =>
  authRelay(settings, { brokers: { test: keepingBroker([{ subjects: '**', messages: 10 }]) } })

describe.each(doors)('%s: %s', (door, action, act) => {
  /** Only v1 has codes; elsewhere the status 401 is all. */
  const isOneCode = !door.startsWith('v1')

  it('is allowed by a rule', async () => {
    expect(await act(await open(), 'allowed.a', await token())).toBe('ok')
  })

  it('is refused without a rule', async () => {
    expect(await act(await open(), 'other.a', await token())).toBe('forbidden')
  })

  it('is refused to a client whose token has expired', async () => {
    const code = await act(await open(), 'allowed.a', await expiredToken())
    expect(code).toBe(isOneCode ? 'unauthorized' : 'token_expired')
  })

  it('is refused to a client without a token', async () => {
    expect(await act(await open(), 'allowed.a', undefined)).toBe('unauthorized')
  })

  it('is refused to an anonymous client without a rule', async () => {
    expect(await act(await open({ anonymous: 'guest' }), 'allowed.a', undefined)).toBe('forbidden')
  })

  if (action === 'publish' || action === 'subscribe' || action === 'presence')
    it('is refused by a denial, whatever else allows it (P5)', async () => {
      expect(await act(await open(), 'allowed.secret.a', await token())).toBe('forbidden')
    })
})
