import type { ClientFrame, RelayFrame } from '@wildcast/protocol'
import { describe, expect, test } from 'vitest'
import { type Connected, connect } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import { keeping, type ScriptedRelay } from '../testing/scripted-relay.js'

const limited = (ref: number | undefined, retry_in?: number): RelayFrame => ({
  kind: 'Error',
  ref,
  code: 'rate_limited',
  message: 'slower',
  retry: true,
  retry_in,
})

/** Lets the relay accept `room` publishes, and `perSecond` more each second. */
function limit({ relay, clock }: Connected, room: number, perSecond: number): string[] {
  const accepted: string[] = []
  let tokens = room
  let at = clock.now()
  relay.answer = (frame: ClientFrame) => {
    if (frame.kind !== 'Publish') return undefined
    tokens = Math.min(room, tokens + ((clock.now() - at) / 1000) * perSecond)
    at = clock.now()
    if (tokens < 1) return limited(frame.ref, Math.ceil(((1 - tokens) / perSecond) * 1000))
    tokens--
    accepted.push(frame.subject)
    return undefined
  }
  return accepted
}

const published = ({ links }: ScriptedRelay): string[] =>
  links.flatMap((link) => link.all('Publish').map(({ subject }) => subject))
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i}`)

describe('a publish that is refused because of its rate', () => {
  test('is sent again after the time that the relay names, and the app gets its success', async () => {
    const { client, relay, clock } = await connect()
    relay.answer = (frame) => (frame.kind === 'Publish' ? limited(frame.ref, 200) : undefined)
    const publication = client.publish('a')
    await settle()
    relay.answer = () => undefined
    await clock.advance(199)
    expect({ published: published(relay), state: publication.state }).toEqual({ published: ['a'], state: 'sent' })
    await clock.advance(1)
    expect(await publication).toBe('confirmed')
    expect(published(relay)).toEqual(['a', 'a'])
  })
  test('holds back the later ones, and all are accepted once and in order', async () => {
    const connected = await connect()
    const accepted = limit(connected, 5, 20)
    const publications = names(60).map((name) => connected.client.publish(name))
    await settle()
    publications.push(connected.client.publish('late'))
    await connected.clock.advance(10_000)
    expect(accepted).toEqual([...names(60), 'late'])
    expect(await Promise.all(publications)).toEqual(publications.map(() => 'confirmed'))
    // Not each waiting publish at each try.
    expect(published(connected.relay).length).toBeLessThan(4 * 61)
    const before = published(connected.relay).length
    void connected.client.publish('at.once')
    await settle()
    expect(published(connected.relay)).toHaveLength(before + 1)
  })
  test('holds back no subscription', async () => {
    const { client, relay } = await connect()
    relay.answer = (frame) => (frame.kind === 'Publish' ? limited(frame.ref, 1000) : undefined)
    void client.publish('a').outcome
    await settle()
    client.subscribe('b', () => {})
    await settle()
    expect(relay.link.all('Subscribe')).toHaveLength(1)
  })
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
  test.each([{ key: undefined }, { key: 'k' }])(
    'survives the loss of its session: it had no effect, %j',
    async (how) => {
      const { client, relay, clock } = await connect()
      relay.answer = (frame) => (frame.kind === 'Publish' ? limited(frame.ref, 500) : undefined)
      const publication = client.publish('a', 1, how)
      await settle()
      relay.link.drop()
      relay.answer = () => undefined
      await clock.advance(1000)
      expect(await publication).toBe('confirmed')
      expect(relay.link.all('Publish')).toHaveLength(1)
    },
  )
  test('is sent after a resume, in order', async () => {
    const { client, relay, clock } = await connect()
    relay.answer = (frame) => {
      if (frame.kind === 'Connect') return { ...keeping, resumed: frame.session !== undefined, received: 1 }
      return frame.kind === 'Publish' && relay.links.length < 3 ? limited(frame.ref, 500) : undefined
    }
    relay.link.drop()
    await clock.advance(1000)
    void client.publish('a')
    await settle()
    void client.publish('b')
    relay.link.drop()
    await clock.advance(6000)
    expect(relay.link.all('Publish').map(({ subject }) => subject)).toEqual(['a', 'b'])
  })
  test('rejects when the client closes, and leaves no timer', async () => {
    const { client, relay, clock } = await connect()
    relay.answer = (frame) => (frame.kind === 'Publish' ? limited(frame.ref, 500) : undefined)
    const { outcome } = client.publish('a')
    await settle()
    client.close()
    expect(await outcome).toBe('rejected')
    expect(clock.timers).toBe(0)
  })
})
