import { WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { noPosition } from '../../core/position.js'
import { scriptedDriver } from '../../testing/scripted-driver.js'
import { down, interest, message, scriptedLink, settled } from '../../testing/scripted-link.js'
import { historyOf, valuesOf } from '../../testing/store-under-test.js'

const { pattern } = interest('room.*')
const bounds = { messages: 1, bytes: 1 }
const state = { newest: noPosition, forgotten: noPosition }

describe('the history of a foreign broker', () => {
  it('forwards each call to the present connection, and has the rules of the driver', async () => {
    const { broker, driver, now } = await scriptedLink()
    const history = historyOf(broker)
    expect(history.rules).toBe(driver.rules)
    expect(await history.append(message('room.1'))).toBe(noPosition)
    expect(await history.historyPage(pattern, bounds)).toEqual({ ...state, messages: [] })
    expect(await history.historyState(pattern, noPosition)).toEqual({ ...state, isKnown: true })
    await history.forget?.()
    expect(now().log).toEqual(['+=room.1', 'history room.*', 'state room.*', 'forget'])
  })

  it('is absent without rules, or if the broker keeps no messages', async () => {
    const driver = scriptedDriver()
    expect((await scriptedLink({ ...driver, rules: undefined })).broker.history).toBeUndefined()
    const features = { ...driver.features, history: 'it keeps none' }
    expect((await scriptedLink({ ...driver, features })).broker.history).toBeUndefined()
  })

  it('rejects with "broker_down" while the link is down, and sends nothing later', async () => {
    const { broker, now, pass } = await scriptedLink()
    const history = historyOf(broker)
    now().lose(down('cut'))
    await settled()
    const calls = [
      () => history.append(message('room.1')),
      () => history.historyPage(pattern, bounds),
      () => history.historyState(pattern, noPosition),
      () => history.forget?.(),
    ]
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'broker_down' })
    await pass(100)
    expect(now().log).toEqual([])
  })

  it('rejects with "interrupted" when the connection ends before the answer', async () => {
    const { broker, now } = await scriptedLink()
    now().refuse('room.1', down('cut'))
    const refused = { code: 'interrupted', message: expect.stringContaining('check whether it arrived') }
    await expect(historyOf(broker).append(message('room.1'))).rejects.toMatchObject(refused)
  })

  it('passes on the refusal of the broker', async () => {
    const { broker, now } = await scriptedLink()
    const full = new WildcastError('storage_full', 'raise the limit')
    now().refuse('room.1', full)
    await expect(historyOf(broker).append(message('room.1'))).rejects.toBe(full)
  })

  it('keeps the order of kept messages, publishes and writes of values, also when all wait for the link', async () => {
    const { broker, now, pass } = await scriptedLink(scriptedDriver(), { publishTimeoutMs: 1000 })
    const sendAll = () => [
      historyOf(broker).append(message('room.1')),
      broker.publish(message('b')),
      valuesOf(broker).write({ message: message('c') }),
      historyOf(broker).append(message('room.2')),
    ]
    const sent = ['+=room.1', '!b', '=c', '+=room.2']
    await Promise.all(sendAll())
    expect(now().log.splice(0)).toEqual(sent)
    now().lose(down('cut'))
    await settled()
    const waiting = sendAll()
    await pass(100)
    await Promise.all(waiting)
    expect(now().log).toEqual(sent)
  })

  it('refuses messages beyond the memory for what the broker has not confirmed', async () => {
    const { broker, now } = await scriptedLink()
    now().hold()
    const large = message('room.1', 'x'.repeat(16 * 1024 * 1024))
    const appends = Array.from({ length: 4 }, () => historyOf(broker).append(large))
    await expect(appends[3]).rejects.toMatchObject({ code: 'rate_limited' })
    now().answer()
    await Promise.all(appends.slice(0, 3))
  })
})
