// Scripted: a relay that names no time, or never has room.
import type { RelayFrame } from '@wildcast/protocol'
import { describe, expect, test } from 'vitest'
import { connect } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import type { ScriptedRelay } from '../testing/scripted-relay.js'

const limited = (ref: number | undefined, retry_in?: number): RelayFrame => ({
  kind: 'Error',
  ref,
  code: 'rate_limited',
  message: 'slower',
  retry: true,
  retry_in,
})

const published = ({ links }: ScriptedRelay): string[] =>
  links.flatMap((link) => link.all('Publish').map(({ subject }) => subject))

describe('a publish that is refused because of its rate', () => {
  test.each([
    ['the relay names no time', undefined],
    ['the time is longer than a publish may take', 100_001],
  ])('rejects if %s', async (_, retry_in) => {
    const { client, relay } = await connect()
    relay.answer = (frame) => (frame.kind === 'Publish' ? limited(frame.ref, retry_in) : undefined)
    await expect(client.publish('a')).rejects.toMatchObject({ code: 'rate_limited' })
    expect(published(relay)).toEqual(['a'])
  })
  test('rejects 100 s after its first sending, and the next ones are tried', async () => {
    const { client, relay, clock } = await connect()
    relay.answer = (frame) =>
      frame.kind === 'Publish' && frame.subject === 'never' ? limited(frame.ref, 999) : undefined
    const never = client.publish('never')
    await settle()
    const next = client.publish('next')
    const { outcome } = never
    await clock.advance(99_000)
    expect({ never: never.state, next: next.state }).toEqual({ never: 'sent', next: 'waiting' })
    await clock.advance(2_000)
    expect(await outcome).toBe('rejected')
    expect(await next).toBe('confirmed')
  })
})
