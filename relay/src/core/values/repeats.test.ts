import { describe, expect, it } from 'vitest'
import type { LineFrame } from '../../testing/line-relay.js'
import { settled } from '../../testing/scripted-link.js'
import { refsOf, release, type ValueRelay, valueRelay } from '../../testing/value-relay.js'

/** Two relays that share one store. */
async function twoRelays(leased = true): Promise<{ first: ValueRelay; second: ValueRelay }> {
  const first = await valueRelay({ leased })
  const second = await valueRelay({ brokers: { main: first.broker.open } })
  return { first, second }
}

const revisionOf = (frames: readonly LineFrame[]): unknown => frames.find(({ Ack }) => Ack)?.Ack?.revision

describe('a value that is written again under its key at another relay', () => {
  it.each<{ when?: object | null }>([{}, { when: null }, { when: { free: true } }])(
    'has the outcome of the first, with %j',
    async (fields) => {
      const { first, second } = await twoRelays()
      if (fields.when) first.store.set('a', '{"free":true}')
      const revision = revisionOf(await first.client().retain(1, 'a', '1', { key: 'k', ...fields }))
      expect(revision).toEqual(expect.any(String))
      const again = await second.client().retain(2, 'a', '1', { key: 'k', ...fields })
      expect(again).toEqual([{ Ack: { ref: 2, revision } }])
      expect(first.store.written.filter((line) => line === 'a=1')).toEqual(['a=1'])
    },
  )

  it('is refused if the first was refused', async () => {
    const { first, second } = await twoRelays()
    first.store.set('a', 'theirs')
    for (const relay of [first, second])
      expect(await relay.client().retain(1, 'a', '1', { key: 'k', when: { free: true } })).toMatchObject([
        { Error: { ref: 1, code: 'condition_failed' } },
      ])
  })

  it('is refused with another payload', async () => {
    const { first, second } = await twoRelays()
    await first.client().retain(1, 'a', '1', { key: 'k' })
    expect(await second.client().retain(1, 'a', '2', { key: 'k' })).toMatchObject([
      { Error: { code: 'invalid_frame' } },
    ])
  })
})

describe('a lock that is taken again under its key at another relay', () => {
  it('is granted at once, and lost: its will belongs to the relay that is gone', async () => {
    const { first, second } = await twoRelays()
    const revision = revisionOf(await first.client().lock(1, { key: 'k' }))
    const client = second.client()
    expect(await client.lock(2, { key: 'k' })).toEqual([{ Ack: { ref: 2, revision } }])
    await second.pass(0)
    expect(client.received()).toEqual([{ Lost: { ref: 2, subject: 'lock' } }])
    expect(first.store.written).toEqual(['lock=mine'])
  })

  it('that is granted while the repeat waits is not granted twice', async () => {
    const { first, second } = await twoRelays()
    first.store.set('lock', 'theirs')
    const [one, again] = [first.client(), second.client()]
    await one.lock(1, { key: 'k', will_after: 60_000 })
    await again.lock(2, { key: 'k', will_after: 60_000 })
    await release(first)
    first.store.set('lock', '')
    await settled()
    await second.pass(0)
    expect(first.store.written.filter((line) => line === 'lock=mine')).toHaveLength(1)
    const [granted, repeated] = [one.received(), again.received()]
    expect(refsOf(granted)).toEqual([1])
    expect(repeated).toEqual([
      { Ack: { ref: 2, revision: revisionOf(granted) } },
      { Lost: { ref: 2, subject: 'lock' } },
    ])
  })

  it('waits for a store that is away, instead of being refused', async () => {
    const { first, second } = await twoRelays()
    const revision = revisionOf(await first.client().lock(1, { key: 'k' }))
    const client = second.client()
    first.store.fail('write', 'broker_down')
    expect(await client.lock(2, { key: 'k' })).toEqual([])
    await second.pass(1000)
    expect(client.received()).toEqual([{ Ack: { ref: 2, revision } }, { Lost: { ref: 2, subject: 'lock' } }])
  })

  it('that is cancelled while the store is asked takes nothing over', async () => {
    const { first, second } = await twoRelays()
    await first.client().lock(1, { key: 'k' })
    const client = second.client()
    const release = first.store.hold()
    await client.lock(2, { key: 'k' })
    await client.sends({ Cancel: { ref: 2 } })
    release()
    await settled()
    expect(client.received()).toEqual([])
    expect(first.store.get('lock')).toBe('mine')
  })

  it('waits if it was not granted before', async () => {
    const { first, second } = await twoRelays()
    first.store.set('lock', 'theirs')
    const client = second.client()
    expect(await client.lock(1, { key: 'k' })).toEqual([])
    await release(first)
    expect(refsOf(client.received())).toEqual([1])
    expect(first.store.get('lock')).toBe('mine')
  })
})
