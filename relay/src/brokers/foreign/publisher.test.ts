import { type BrokerMessage, WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { scriptedDriver } from '../../testing/scripted-driver.js'
import { down, message, scriptedLink, settled } from '../../testing/scripted-link.js'

describe('a publish', () => {
  it('fails at once while the link is down', async () => {
    const { broker, now } = await scriptedLink()
    now().lose(down('cut'))
    await settled()
    await expect(broker.publish(message('a'))).rejects.toMatchObject({ code: 'broker_down', retry: true })
  })

  it('waits for the link within its timeout, in order', async () => {
    const { broker, now, pass } = await scriptedLink(scriptedDriver(), { publishTimeoutMs: 1000 })
    now().lose(down('cut'))
    await settled()
    const waiting = ['a', 'b', 'c'].map((subject) => broker.publish(message(subject)))
    await pass(100)
    await Promise.all(waiting)
    expect(now().log).toEqual(['!a', '!b', '!c'])
  })

  it('that has waited for the link until its timeout fails', async () => {
    const driver = scriptedDriver()
    const { broker, now, pass, clock } = await scriptedLink(driver, { publishTimeoutMs: 1000 })
    driver.fail(down('gone'))
    now().lose(down('cut'))
    await settled()
    const refused = expect(broker.publish(message('a'))).rejects.toMatchObject({ code: 'broker_down' })
    await pass(1000)
    await refused
    expect(clock.timers).toBe(1) // the next try
  })

  it('that was on its way when the link broke is not sent again, and its outcome is unknown', async () => {
    const { broker, now, pass } = await scriptedLink()
    now().hold()
    const refused = expect(broker.publish(message('a'))).rejects.toMatchObject({ code: 'interrupted' })
    now().lose(down('cut'))
    await refused
    await pass(100)
    expect(now().log).toEqual([])
  })

  it('over which the link breaks twice in a row is refused for a minute, and no other', async () => {
    const { broker, now, pass } = await scriptedLink(scriptedDriver(), { pingIntervalMs: 1e9 })
    const poison = message('a', 'poison')
    for (let i = 0; i < 2; i++) {
      now().hold()
      const refused = expect(broker.publish(poison)).rejects.toMatchObject({ code: 'interrupted' })
      now().lose(down('hung up'))
      await refused
      await pass(2000)
    }
    await expect(broker.publish(poison)).rejects.toMatchObject({ code: 'too_large', retry: false })
    await broker.publish(message('a', 'another'))
    await pass(60_000)
    await broker.publish(poison)
  })

  it('that was confirmed since is not refused after the link breaks again', async () => {
    const { broker, now, pass } = await scriptedLink(scriptedDriver(), { pingIntervalMs: 1e9 })
    for (let i = 0; i < 2; i++) {
      await broker.publish(message('a', 'often'))
      now().hold()
      const refused = expect(broker.publish(message('a', 'often'))).rejects.toMatchObject({ code: 'interrupted' })
      now().lose(down('restarted'))
      await refused
      await pass(2000)
    }
    await broker.publish(message('a', 'often'))
  })

  it('that the broker never confirms times out', async () => {
    const { broker, now, clock } = await scriptedLink(scriptedDriver(), { pingIntervalMs: 1e9 })
    now().hold()
    const first = expect(broker.publish(message('a'))).rejects.toMatchObject({ code: 'timeout' })
    clock.advance(4000)
    const second = expect(broker.publish(message('b'))).rejects.toMatchObject({ code: 'timeout' })
    clock.advance(6000)
    await first
    clock.advance(4000)
    await second
  })

  it('is rate-limited when the broker is slower than its publishers', async () => {
    const { broker, now } = await scriptedLink()
    now().hold()
    const mebibytes = 'x'.repeat(16 * 1024 * 1024)
    const sent = Array.from({ length: 3 }, () => broker.publish(message('a', mebibytes)))
    await expect(broker.publish(message('a', mebibytes))).rejects.toMatchObject({ code: 'rate_limited', retry: true })
    now().answer()
    await Promise.all(sent)
    await broker.publish(message('a', mebibytes))
  })

  const mebibytes = 'x'.repeat(16 * 1024 * 1024)

  it('counts against the limit while it waits for the link', async () => {
    const driver = scriptedDriver()
    const { broker, now, pass } = await scriptedLink(driver, { publishTimeoutMs: 1000 })
    driver.fail(down('gone'))
    now().lose(down('cut'))
    await settled()
    for (let i = 0; i < 2; i++) {
      const waiting = Array.from({ length: 3 }, () => broker.publish(message('a', mebibytes)))
      await expect(broker.publish(message('a', mebibytes))).rejects.toMatchObject({ code: 'rate_limited' })
      const late = waiting.map((publish) => expect(publish).rejects.toMatchObject({ code: 'broker_down' }))
      await pass(1000)
      await Promise.all(late)
    }
  })

  it('counts against the limit until it is confirmed or the link is lost, even after its timeout', async () => {
    const { broker, now, pass } = await scriptedLink(scriptedDriver(), { pingIntervalMs: 1e9 })
    now().hold()
    const late = Array.from({ length: 3 }, () =>
      expect(broker.publish(message('a', mebibytes))).rejects.toMatchObject({ code: 'timeout' }),
    )
    await pass(10_000)
    await Promise.all(late)
    await expect(broker.publish(message('a', mebibytes))).rejects.toMatchObject({ code: 'rate_limited' })
    now().lose(down('cut'))
    await settled()
    await pass(100)
    await broker.publish(message('a', mebibytes))
  })
})

describe('a request', () => {
  it('fails at once while the link is down, and its answer has its own subject', async () => {
    const { broker, now } = await scriptedLink()
    expect((await broker.request?.(message('sum'), { timeoutMs: 1 }))?.subject).toBe('sum')
    now().lose(down('cut'))
    await settled()
    await expect(broker.request?.(message('sum'), { timeoutMs: 1 })).rejects.toMatchObject({ code: 'broker_down' })
  })

  it('waits for the link up to its timeout, and no longer once it is cancelled', async () => {
    const driver = scriptedDriver()
    const { broker, now, pass, clock } = await scriptedLink(driver, { publishTimeoutMs: 60_000 })
    driver.fail(down('gone'))
    now().lose(down('cut'))
    await settled()
    const cancel = new AbortController()
    const reason = new WildcastError('interrupted', 'it was cancelled')
    const cancelled = broker.request?.(message('sum'), { timeoutMs: 60_000, signal: cancel.signal })
    const late = expect(broker.request?.(message('sum'), { timeoutMs: 1000 })).rejects.toMatchObject({
      code: 'broker_down',
    })
    cancel.abort(reason)
    await expect(cancelled).rejects.toBe(reason)
    await pass(1000)
    await late
    expect(clock.timers).toBe(1) // the next try
  })

  it.each([
    ['headers', { headers: [['abcde', 'fghij']] as const }],
    ['an error', { error: new WildcastError('internal', 'ab') }],
  ])('has no answer that is too long for clients with %s', async (_, more) => {
    const { broker, log } = await scriptedLink() // 20 bytes at most, and the answer is the request
    const ask = (payload: string): Promise<BrokerMessage> | undefined =>
      broker.request?.({ ...message('sum', payload), ...more }, { timeoutMs: 1 })
    expect(await ask('x'.repeat(10))).toBeDefined()
    await expect(ask('x'.repeat(11))).rejects.toMatchObject({ code: 'too_large' })
    expect(log).toEqual(['up', 'dropped too_large'])
  })
})
