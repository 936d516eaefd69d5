import { createClient } from '@wildcast/client'
import { defineContract } from '@wildcast/contract'
import * as v from 'valibot'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { startRelay } from '../start-relay.js'
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

describe('a contract with a prefix', () => {
  const api = defineContract({ '': { message: v.number() }, 'b.c': { message: v.number() } }, { prefix: 'test' })

  it.each([
    ['T2-API-1', 'test'],
    ['T2-API-2', 'test.b.c'],
  ])('checks the subject behind its prefix, and delivers it so (%s)', async (_, subject) => {
    const { address } = await startRelay({ contract: api })
    const [subscriber, publisher] = [0, 1].map(() => createClient({ url: `ws://${address}`, WebSocket }))
    for (const client of [subscriber, publisher]) onTestFinished(() => client?.close())
    const received: unknown[] = []
    subscriber?.subscribe('**', (message) => void received.push([message.subject, message.data]))
    await publisher?.publish(subject, 1)
    await expect
      .poll(async () => {
        await publisher?.publish(subject, 1)
        return received[0]
      })
      .toEqual([subject, 1])
    await expect(publisher?.publish(subject, 'x')).rejects.toMatchObject({ code: 'invalid_payload' })
    await publisher?.publish('b.c', 'any')
  })
})
