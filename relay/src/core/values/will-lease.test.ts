import { WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.js'
import { settled } from '../../testing/scripted-link.js'
import { WillLeases } from './will-leases.js'

/** Leases at a store whose answers a test controls. */
function leases() {
  const clock = fakeClock()
  const renewed: string[] = []
  let answer: () => Promise<void> = async () => {}
  const all = new WillLeases({
    clock,
    relay: 'r',
    async renew(name) {
      renewed.push(name)
      await answer()
    },
  })
  return {
    clock,
    all,
    /** Returns the renewals since the last call. */
    renewals: () => renewed.splice(0),
    answers(by: () => Promise<void>) {
      answer = by
    },
    async pass(ms: number) {
      clock.advance(ms)
      await settled()
    },
  }
}

const down = (): Promise<void> => Promise.reject(new WildcastError('broker_down', 'down'))

describe('a lease', () => {
  it('is opened before the first will, shared, and renewed every 3 s', async () => {
    const { all, renewals, pass } = leases()
    const [first, second] = await Promise.all([all.share(() => {}), all.share(() => {})])
    expect(renewals()).toEqual(['r.1'])
    expect([first.name, second.name, first.isValid]).toEqual(['r.1', 'r.1', true])
    expect(all.share(() => {})).toHaveProperty('name', 'r.1') // at once
    await pass(2999)
    expect(renewals()).toEqual([])
    for (let i = 0; i < 5; i++) await pass(3000)
    expect(renewals()).toEqual(Array(5).fill('r.1'))
  })

  it('is no longer renewed when it has no will; the next will gets another one', async () => {
    const { all, renewals, pass, clock } = leases()
    const hold = await all.share(() => {})
    hold.release()
    await pass(10_000)
    expect(renewals()).toEqual(['r.1'])
    expect(clock.timers).toBe(0)
    expect(await all.share(() => {})).toHaveProperty('name', 'r.2')
  })

  it('is lost 10 s after the last answered renewal was sent, however late its answer came', async () => {
    const { all, answers, pass } = leases()
    let lost = 0
    let release = (): void => {}
    const opening = all.share(() => lost++)
    const hold = await opening
    answers(() => new Promise((resolve) => (release = resolve)))
    await pass(3000)
    const answerFirst = release
    answers(down)
    await pass(2000)
    answerFirst() // sent at 3 s, answered at 5 s
    await settled()
    await pass(7999)
    expect([lost, hold.isValid]).toEqual([0, true])
    await pass(1)
    expect([lost, hold.isValid]).toEqual([1, false])
    await pass(20_000)
    expect(lost).toBe(1)
  })

  it('is lost after a pause of the process, whatever runs first', async () => {
    const { all, clock } = leases()
    let lost = 0
    const hold = await all.share(() => lost++)
    clock.stop(10_000)
    expect([lost, hold.isValid]).toEqual([0, false])
    expect(await all.share(() => {})).toHaveProperty('name', 'r.2')
    clock.advance(0)
    expect(lost).toBe(1)
  })

  it('loses no will that was released before', async () => {
    const { all, answers, pass } = leases()
    let lost = 0
    const hold = await all.share(() => lost++)
    await all.share(() => {})
    answers(down)
    hold.release()
    await pass(10_000)
    expect(lost).toBe(0)
  })

  it('that the store does not take is not begun, and is tried again with the next will', async () => {
    const { all, answers } = leases()
    answers(down)
    await expect(all.share(() => {})).rejects.toMatchObject({ code: 'broker_down' })
    answers(async () => {})
    expect(await all.share(() => {})).toHaveProperty('name', 'r.2')
  })

  it('of one will ends with it at once', async () => {
    const { all, renewals, pass } = leases()
    const [first] = await Promise.all([all.own(() => {}), all.own(() => {})])
    first?.release()
    await pass(3000)
    expect(renewals()).toEqual(['r.1', 'r.2', 'r.2'])
  })

  it('is not renewed when the relay has closed, and not lost', async () => {
    const { all, renewals, pass } = leases()
    let lost = 0
    await all.share(() => lost++)
    await all.own(() => lost++)
    renewals()
    all.close()
    await pass(30_000)
    expect([renewals(), lost]).toEqual([[], 0])
  })
})
