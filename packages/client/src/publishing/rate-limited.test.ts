import { describe, expect, test } from 'vitest'
import { loseSession, type Tested, type TestedOptions, tested, timed } from '../testing/tested.js'

/** The relay accepts at most `publishes` in a second. */
const atMost = (publishes: number): TestedOptions => ({ limits: { publishes } })
const sent = ({ relay }: Tested): string[] => relay.frames('Publish').map(({ subject }) => subject)
const accepted = ({ relay }: Tested): string[] => relay.published().map(({ subject }) => subject)
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i}`)

/** Uses up the publishes of the present second. */
async function spend(one: Tested): Promise<void> {
  await one.relay.settled()
  await one.client.publish('spent')
}

describe('a publish that is refused because of its rate', () => {
  test('is sent again after the time that the relay names, and the app gets its success', async () => {
    const one = await tested(atMost(1))
    await spend(one)
    const publication = one.client.publish('a')
    await one.clock.advance(900)
    expect({ sent: sent(one), state: publication.state }).toEqual({ sent: ['spent', 'a'], state: 'sent' })
    await one.clock.advance(200)
    expect(await publication).toBe('confirmed')
    expect(sent(one)).toEqual(['spent', 'a', 'a'])
    expect(accepted(one)).toEqual(['spent', 'a'])
  })
  test('holds back the later ones, and all are accepted once and in order', async () => {
    const one = await tested(atMost(20))
    const publications = names(60).map((name) => one.client.publish(name))
    await one.relay.settled()
    publications.push(one.client.publish('late'))
    await one.clock.advance(10_000)
    expect(accepted(one)).toEqual([...names(60), 'late'])
    expect(await Promise.all(publications)).toEqual(publications.map(() => 'confirmed'))
    // Not each waiting publish at each try.
    const { length } = sent(one)
    expect(length).toBeGreaterThan(61)
    expect(length).toBeLessThan(4 * 61)
    void one.client.publish('at.once').outcome
    await one.relay.settled()
    expect(sent(one)).toHaveLength(length + 1)
  })
  test('holds back no subscription', async () => {
    const one = await tested(atMost(1))
    await spend(one)
    const publication = one.client.publish('a')
    await one.relay.settled()
    await one.client.subscribe('b').ready
    expect(publication.state).toBe('sent')
    void publication.outcome
  })
  test.each([{ key: undefined }, { key: 'k' }])(
    'survives the loss of its session: it had no effect, %j',
    async (how) => {
      const one = await tested(atMost(1))
      await spend(one)
      const publication = one.client.publish('a', 1, how)
      await one.relay.settled()
      await loseSession(one)
      await one.clock.advance(2000)
      expect(await publication).toBe('confirmed')
      expect(accepted(one)).toEqual(['spent', 'a'])
    },
  )
  test('is sent after a resume, in order', async () => {
    const one = await tested(atMost(1))
    await spend(one)
    void one.client.publish('a').outcome
    await one.relay.settled()
    void one.client.publish('b').outcome
    one.relay.cut()
    await one.clock.advance(6000)
    expect(accepted(one)).toEqual(['spent', 'a', 'b'])
    expect(one.relay.frames('Connect')).toHaveLength(2)
  })
  test('rejects when the client closes, and leaves no timer', async () => {
    const one = await timed(atMost(1))
    await spend(one)
    const { outcome } = one.client.publish('a')
    await one.relay.settled()
    one.client.close()
    expect(await outcome).toBe('rejected')
    expect(one.own.timers).toBe(0)
  })
})
