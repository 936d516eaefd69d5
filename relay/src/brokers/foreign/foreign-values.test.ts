import { parsePattern, parseSubject, WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { scriptedDriver } from '../../testing/scripted-driver.js'
import { down, message, scriptedLink, settled } from '../../testing/scripted-link.js'
import { valuesOf } from '../../testing/store-under-test.js'

const subject = parseSubject('a')

describe('the store of a foreign broker', () => {
  it('forwards each call to the present connection', async () => {
    const { broker, now } = await scriptedLink()
    const values = valuesOf(broker)
    expect(await values.write({ message: message('a') })).toEqual({ kind: 'written', revision: '1' })
    expect(await values.read(subject)).toBeUndefined()
    expect(await values.page(parsePattern('a.*'), { values: 1, bytes: 1 })).toEqual({ values: [] })
    await values.mark()
    await values.renew?.('relay')
    await values.sweep?.()
    expect(now().log).toEqual(['=a', 'read a', 'page a.*', 'mark', 'renew relay'])
  })

  it('is absent if the broker keeps no values', async () => {
    const driver = { ...scriptedDriver(), features: { ...scriptedDriver().features, retained: 'it keeps none' } }
    expect((await scriptedLink(driver)).broker.values).toBeUndefined()
  })

  it('rejects with "broker_down" while the link is down, and sends nothing later', async () => {
    const { broker, now, pass } = await scriptedLink()
    const values = valuesOf(broker)
    now().lose(down('cut'))
    await settled()
    const calls = [
      () => values.write({ message: message('a') }),
      () => values.read(subject),
      () => values.page(subject, { values: 1, bytes: 1 }),
      () => values.mark(),
      () => values.renew?.('relay'),
    ]
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'broker_down' })
    await pass(100)
    expect(now().log).toEqual([])
  })

  it('rejects with "interrupted" when the connection ends before the answer', async () => {
    const { broker, now } = await scriptedLink()
    now().refuse('a', down('cut'))
    await expect(valuesOf(broker).write({ message: message('a') })).rejects.toMatchObject({ code: 'interrupted' })
    await expect(valuesOf(broker).read(subject)).rejects.toMatchObject({ code: 'interrupted' })
  })

  it('passes on the refusal of the broker', async () => {
    const { broker, now } = await scriptedLink()
    const full = new WildcastError('storage_full', 'delete values')
    now().refuse('a', full)
    await expect(valuesOf(broker).write({ message: message('a') })).rejects.toBe(full)
  })

  it('writes in order with publishes, also when both wait for the link', async () => {
    const { broker, now, pass } = await scriptedLink(scriptedDriver(), { publishTimeoutMs: 1000 })
    const sendAll = () => [
      valuesOf(broker).write({ message: message('a') }),
      broker.publish(message('b')),
      valuesOf(broker).write({ message: message('c') }),
    ]
    await Promise.all(sendAll())
    expect(now().log.splice(0)).toEqual(['=a', '!b', '=c'])
    now().lose(down('cut'))
    await settled()
    const waiting = sendAll()
    await pass(100)
    await Promise.all(waiting)
    expect(now().log).toEqual(['=a', '!b', '=c'])
  })

  it('refuses writes beyond the memory for what the broker has not confirmed', async () => {
    const { broker, now } = await scriptedLink()
    now().hold()
    const large = 'x'.repeat(16 * 1024 * 1024)
    const writes = Array.from({ length: 4 }, () => valuesOf(broker).write({ message: message('a', large) }))
    await expect(writes[3]).rejects.toMatchObject({ code: 'rate_limited' })
    now().answer()
    await Promise.all(writes.slice(0, 3))
    await valuesOf(broker).write({ message: message('a', large) })
  })
})
