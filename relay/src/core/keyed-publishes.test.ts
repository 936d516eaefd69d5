import { parseSubject, WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { KeyedPublishes } from './keyed-publishes.js'
import type { Soon } from './store.js'

const message = (payload: string | Uint8Array) => ({ broker: 'main', subject: parseSubject('a'), payload })

function opened() {
  const clock = fakeClock()
  const keyed = new KeyedPublishes(clock)
  const done: string[] = []
  const publish = (key: string, payload: string, outcome?: Promise<undefined>): Soon<string | undefined> =>
    keyed.publish(key, message(payload), () => {
      done.push(payload)
      return outcome
    })
  return { clock, keyed, done, publish }
}

describe('a publish with a key', () => {
  it('is done once, however often it is sent', () => {
    const { done, publish } = opened()
    for (const key of ['k', 'k', 'other']) expect(publish(key, 'x')).toBeUndefined()
    expect(done).toEqual(['x', 'x'])
  })

  it('shares the outcome of the one that is pending', async () => {
    const { done, publish } = opened()
    let confirm = (_: undefined): void => {}
    const first = publish('k', 'x', new Promise((resolve) => (confirm = resolve)))
    const second = publish('k', 'x')
    expect(second).toBe(first)
    confirm(undefined)
    await second
    expect(done).toEqual(['x'])
  })

  it('may be tried again after it failed', async () => {
    const { done, publish } = opened()
    await expect(publish('k', 'x', Promise.reject(new WildcastError('broker_down', 'away')))).rejects.toThrow('away')
    void publish('k', 'x')
    expect(done).toEqual(['x', 'x'])
  })

  it('is the same if the payload comes as text or as bytes', () => {
    const { keyed } = opened()
    void keyed.publish('k', message('zoë €'), () => undefined)
    const again = () => keyed.publish('k', message(new TextEncoder().encode('zoë €')), () => undefined)
    expect(again).not.toThrow()
  })

  it('is the same with another trace', () => {
    const { keyed } = opened()
    const traced = (value: string) => ({ ...message('x'), headers: [['traceparent', value] as const] })
    const publish = (value: string) => () => keyed.publish('k', traced(value), () => undefined)
    for (const value of ['one', 'two']) expect(publish(value)).not.toThrow()
    expect(() => keyed.publish('k', message('x'), () => undefined)).not.toThrow()
  })

  it.each([
    ['another payload', { payload: 'y' }],
    ['another payload in bytes', { payload: Uint8Array.of(1) }],
    ['another subject', { subject: parseSubject('b') }],
    ['another broker', { broker: 'other' }],
    ['other headers', { headers: [['a', 'b'] as const] }],
  ])('is refused with %s under a used key', (_, change) => {
    const { keyed } = opened()
    void keyed.publish('k', message('x'), () => undefined)
    expect(() => keyed.publish('k', { ...message('x'), ...change }, () => undefined)).toThrow('its own')
  })

  it('is done again after 2 minutes, when its key is forgotten', () => {
    const { clock, done, publish } = opened()
    void publish('k', 'x')
    clock.advance(119_999)
    void publish('k', 'x')
    expect(done).toEqual(['x'])
    clock.advance(1)
    void publish('k', 'x')
    expect(done).toEqual(['x', 'x'])
  })

  it('that fails late does not forget a newer message with its key', async () => {
    const { clock, done, publish } = opened()
    let fail = (): void => {}
    const first = publish('k', 'x', new Promise((_, reject) => (fail = () => reject(new Error('late')))))
    clock.advance(120_000)
    void publish('k', 'y')
    fail()
    await expect(first).rejects.toThrow('late')
    void publish('k', 'y')
    expect(done).toEqual(['x', 'y'])
  })

  it('is refused while the limit of keys is reached (L10)', () => {
    const { clock, publish } = opened()
    for (let i = 0; i < 100_000; i++) void publish(`k${i}`, 'x')
    expect(() => publish('one more', 'x')).toThrow('keys are remembered')
    expect(publish('k1', 'x')).toBeUndefined()
    clock.advance(120_000)
    expect(publish('one more', 'x')).toBeUndefined()
  })

  it('is not refused because of the keys of others', async () => {
    const { clock, keyed } = opened()
    const publish = (user: string | undefined, key: string, outcome?: Promise<undefined>) =>
      keyed.publish(
        JSON.stringify([user, key]),
        { ...message('x'), from: { session: 's', ...(user !== undefined && { user }) } },
        () => outcome,
      )
    for (let i = 0; i < 100_000; i++) void publish(undefined, `k${i}`)
    for (let i = 0; i < 9999; i++) void publish('eve', `k${i}`)
    await expect(publish('eve', 'fails', Promise.reject(new Error('down')))).rejects.toThrow('down')
    void publish('eve', 'last')
    for (const user of [undefined, 'eve']) expect(() => publish(user, 'new')).toThrow('keys are remembered')
    expect(publish('ada', 'new')).toBeUndefined()
    clock.advance(120_000)
    for (const user of [undefined, 'eve']) expect(publish(user, 'new')).toBeUndefined()
  })
})
