// Scripted: a network that loses all but the first answer of each connection, for minutes.
import { describe, expect, test } from 'vitest'
import { type Connected, connect } from '../testing/connect.js'
import { silence } from '../testing/scripted-relay.js'

/** How long the client waits for a relay that answers only Connect. */
const waitMs = async ({ client, relay, clock }: Connected): Promise<number> => {
  relay.answer = ({ kind }) => (kind === 'Connect' ? undefined : 'nothing')
  void client.publish('a')
  const { links } = relay
  const { length } = links
  let ms = 0
  for (; relay.live > 0 && links.length === length; ms += 500) await clock.advance(500)
  await clock.advance(30_000)
  return ms
}

describe('a lost network', () => {
  test('is noticed later each time until a frame is received, since a long message may be in flight', async () => {
    const on = await connect()
    const { client, relay, clock } = on
    await clock.advance(10_000)
    expect([await waitMs(on), await waitMs(on), await waitMs(on)]).toEqual([3_000, 6_000, 12_000])
    relay.answer = () => undefined
    await client.publish('a')
    expect(await waitMs(on)).toBe(3_000)
  })
  test('is not noticed later after attempts that fail in between', async () => {
    const on = await connect()
    const { relay, clock } = on
    silence(relay)
    void on.client.publish('a')
    await clock.advance(3_000)
    expect(on.client.status.state).toBe('waiting')
    await clock.advance(120_000)
    expect(relay.links.length).toBeGreaterThan(4)
    relay.answer = () => undefined
    await clock.advance(30_000) // less than the silence after which the client probes
    expect(await waitMs(on)).toBe(6_000)
  })
})
