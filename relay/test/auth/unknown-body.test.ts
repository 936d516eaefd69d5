import { expect, it } from 'vitest'
import { authRelay } from './auth-relay.js'

it.each(['/value/allowed.a', '/publish/allowed.a'])(
  '%s reads no body of a client that it does not know',
  async (path) => {
    const relay = await authRelay({}, { limits: { payload: 1000 } })
    const method = path.startsWith('/value') ? 'PUT' : 'POST'
    const response = await fetch(`http://${relay.address}${path}`, { method, body: 'x'.repeat(2000) })
    expect(response.status).toBe(401)
  },
)
