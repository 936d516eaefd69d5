import { describe, expect, it } from 'vitest'
import { authRelay, expiredToken, token } from './auth-relay.js'
import { doors } from './doors.js'

describe.each(doors)('%s: %s', (door, action, act) => {
  /** Only v1 has codes; elsewhere the status 401 is all. */
  const isOneCode = !door.startsWith('v1')

  it('is allowed by a rule', async () => {
    expect(await act(await authRelay(), 'allowed.a', await token())).toBe('ok')
  })

  it('is refused without a rule', async () => {
    expect(await act(await authRelay(), 'other.a', await token())).toBe('forbidden')
  })

  it('is refused to a client whose token has expired', async () => {
    const code = await act(await authRelay(), 'allowed.a', await expiredToken())
    expect(code).toBe(isOneCode ? 'unauthorized' : 'token_expired')
  })

  it('is refused to a client without a token', async () => {
    expect(await act(await authRelay(), 'allowed.a', undefined)).toBe('unauthorized')
  })

  it('is refused to an anonymous client without a rule', async () => {
    expect(await act(await authRelay({ anonymous: 'guest' }), 'allowed.a', undefined)).toBe('forbidden')
  })

  if (action === 'publish' || action === 'subscribe' || action === 'presence')
    it('is refused by a denial, whatever else allows it (P5)', async () => {
      expect(await act(await authRelay(), 'allowed.secret.a', await token())).toBe('forbidden')
    })
})
