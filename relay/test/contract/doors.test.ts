import { describe, expect, it } from 'vitest'
import { contractRelay, secret } from './contract-relay.js'
import { doors } from './doors.js'

describe.each(doors)('%s', (_, door) => {
  it('takes data that fits the contract', async () => {
    expect(await door(await contractRelay(), true)).toBe('ok')
  })

  it('refuses other data with the path to the fault, without the data, and publishes nothing', async () => {
    const relay = await contractRelay()
    const outcome = await door(relay, false)
    expect(outcome).toMatch(/invalid_payload: .*"(price|b|name|uri)"/)
    expect(outcome + relay.errors.join()).not.toContain(secret)
    expect(relay.published).toEqual([])
  })
})
