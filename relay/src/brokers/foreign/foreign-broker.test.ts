import { type Message, parsePattern, parseSubject, WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { type FakeClock, fakeClock } from '../../testing/fake-clock.js'
import { deaf, listener } from '../../testing/listener.js'
import { type ScriptedConnection, type ScriptedDriver, scriptedDriver } from '../../testing/scripted-driver.js'
import type { Broker, Interest } from '../broker.js'
import { foreignBroker } from './foreign-broker.js'

interface Opened {
  readonly broker: Broker
  readonly driver: ScriptedDriver
  readonly clock: FakeClock
  /** Status changes, dropped messages and deliveries, in order. */
  readonly log: string[]
  /** The newest connection. */
  now(): ScriptedConnection
  /** Lets so much time pass, and everything that follows from it happen. */
  pass(ms: number): Promise<void>
}

const down = (why: string): WildcastError => new WildcastError('broker_down', why)

/** Lets promises that are settled already run what waits for them. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function open(
  driver = scriptedDriver(),
  settings: { publishTimeoutMs?: number; pingIntervalMs?: number } = {},
): Promise<Opened> {
  const clock = fakeClock()
  const log: string[] = []
  const opening = foreignBroker(driver, { clock, newId: () => 'id', maxPayload: 20, ...settings })
  const broker = await opening({
    status: (now, cause) => log.push(cause instanceof Error ? `${now}: ${cause.message}` : now),
    dropped: (why) => log.push(`dropped ${why}`),
  })
  return {
    broker,
    driver,
    clock,
    log,
    now: () => driver.connections.at(-1) as ScriptedConnection,
    async pass(ms) {
      clock.advance(ms)
      await settled()
    },
  }
}

const interest = (pattern: string, more: Omit<Interest, 'pattern'> = {}): Interest => ({
  pattern: parsePattern(pattern),
  ...more,
})
const message = (subject: string, payload = 'x'): Message => ({ subject: parseSubject(subject), payload })

describe('a link', () => {
  it('is tried for ever, waits longer each time, and says why once for each reason', async () => {
    const driver = scriptedDriver()
    driver.fail(down('refused'))
    const { log, pass } = await open(driver)
    for (let i = 0; i < 20; i++) await pass(2000)
    driver.fail(down('wrong password'))
    await pass(2000)
    driver.fail()
    await pass(2000)
    expect(log).toEqual(['down: refused', 'down: wrong password', 'up'])
  })

  it('opens whole again after every loss: subscribed first, then up, then delivered', async () => {
    const { broker, log, now, pass } = await open()
    await broker.subscribe(
      interest('a.*'),
      listener(({ subject }) => log.push(subject)),
    )
    now().deliver('a.*', 'a.before')
    now().lose(down('cut'))
    await pass(0)
    now().deliver('a.*', 'a.dead')
    await pass(100)
    expect(now().log).toEqual(['+a.*'])
    now().deliver('a.*', 'a.after')
    expect(log).toEqual(['up', 'a.before', 'down: cut', 'up', 'a.after'])
  })

  it('delivers nothing between its return and "up"', async () => {
    const { broker, driver, log, now, pass } = await open()
    await broker.subscribe(
      interest('a'),
      listener(({ subject }) => log.push(subject)),
    )
    now().lose(down('cut'))
    await settled()
    const connect = driver.connect
    driver.connect = async (events) => {
      const connection = await connect(events)
      now().hold()
      return connection
    }
    await pass(100)
    now().deliver('a', 'a')
    expect(log).toEqual(['up', 'down: cut'])
    now().answer()
    await settled()
    now().deliver('a', 'a')
    expect(log).toEqual(['up', 'down: cut', 'up', 'a'])
  })

  it('is given up when it owes a sign of life as the next is due', async () => {
    const { log, now, pass } = await open()
    await pass(5000)
    now().hold()
    await pass(5000)
    expect(log).toEqual(['up'])
    await pass(5000)
    expect(log).toEqual(['up', 'down: no sign of life for 10000 ms; trying to connect again'])
  })

  it('does not ask a broker at once again and again that hangs up as soon as it is there', async () => {
    const { driver, now, pass } = await open()
    for (let i = 0; i < 100; i++) {
      now().lose(down('poison'))
      await settled()
      await pass(100)
    }
    expect(driver.connections.length).toBeLessThan(15)
  })

  it('leaves no timer and nobody waiting when it is closed', async () => {
    const { broker, clock, now, pass } = await open()
    now().lose(down('cut'))
    await settled()
    const asked = expect(broker.subscribe(interest('a'), deaf)).rejects.toMatchObject({ code: 'broker_down' })
    await broker.close()
    await asked
    await pass(0)
    expect(clock.timers).toBe(0)
  })
})

describe('subscriptions', () => {
  it('share a native one, which ends with the last of them', async () => {
    const { broker, now } = await open()
    const undo = await broker.subscribe(interest('a.*'), deaf)
    const again = await broker.subscribe(interest('a.*'), deaf)
    await undo()
    await undo()
    expect(now().log).toEqual(['+a.*'])
    await again()
    expect(now().log).toEqual(['+a.*', '-a.*'])
  })

  it('are matched again where the native one brings too much', async () => {
    const wide = scriptedDriver(() => ({ key: 'all', exact: false, wildcard: true, single: false }))
    const { broker, log, now } = await open(wide)
    for (const pattern of ['a.*', '*.b', '**', 'a.b'])
      await broker.subscribe(
        interest(pattern),
        listener(({ subject }) => log.push(`${pattern}: ${subject}`)),
      )
    for (const subject of ['a.b', 'a.c', 'request.b', 'x']) now().deliver('all', subject)
    expect(log).toEqual(['up', 'a.*: a.b', '*.b: a.b', '**: a.b', 'a.b: a.b', 'a.*: a.c', '**: a.c', '**: x'])
  })

  it('widen to the first segment past 1,000 native wildcards', async () => {
    const { broker, log, now } = await open()
    for (let i = 0; i < 1000; i++) await broker.subscribe(interest(`n.${i}.*`), deaf)
    await broker.subscribe(
      interest('room.*.msg'),
      listener(({ subject }) => log.push(subject)),
    )
    await broker.subscribe(interest('room.*.typing'), deaf)
    await broker.subscribe(interest('exact'), deaf)
    expect(now().log.slice(1000)).toEqual(['+room.**', '+exact'])
    now().deliver('room.**', 'room.7.msg')
    now().deliver('room.**', 'room.7.other')
    expect(log).toEqual(['up', 'room.7.msg'])
  })

  it('asked for while the link is down settle when it is up', async () => {
    const { broker, log, now, pass } = await open()
    now().lose(down('cut'))
    await settled()
    const asked = broker.subscribe(interest('a'), deaf).then(() => log.push('confirmed'))
    await pass(100)
    await asked
    expect(log).toEqual(['up', 'down: cut', 'up', 'confirmed'])
  })

  it('asked for on a link that breaks meanwhile settle on the next', async () => {
    const { broker, now, pass } = await open()
    now().refuse('a', down('the connection ended'))
    const asked = broker.subscribe(interest('a'), deaf)
    await settled()
    now().lose(down('cut'))
    await settled()
    await pass(100)
    await asked
    expect(now().log).toEqual(['+a'])
  })

  it('are refused alone', async () => {
    const { broker, log, now } = await open()
    now().refuse('secret', new WildcastError('forbidden', 'no'))
    await expect(broker.subscribe(interest('secret'), deaf)).rejects.toMatchObject({ code: 'forbidden' })
    await broker.subscribe(interest('open'), deaf)
    expect(log).toEqual(['up'])
  })

  it('end where the broker refuses them on its return, and the others come back', async () => {
    const { broker, driver, log, now, pass } = await open()
    const connect = driver.connect
    await broker.subscribe(interest('secret'), { ...deaf, ended: ({ code }) => log.push(`ended ${code}`) })
    await broker.subscribe(
      interest('open'),
      listener(({ subject }) => log.push(subject)),
    )
    driver.connect = async (events) => {
      const connection = await connect(events)
      now().refuse('secret', new WildcastError('forbidden', 'no more'))
      return connection
    }
    now().lose(down('cut'))
    await settled()
    await pass(100)
    now().deliver('open', 'open')
    now().lose(down('cut'))
    await settled()
    await pass(200)
    expect(log).toEqual(['up', 'down: cut', 'ended forbidden', 'up', 'open', 'down: cut', 'up'])
    expect(now().log).toEqual(['+open'])
  })

  it('end for those who have them when the broker withdraws the right, and may be asked for again', async () => {
    const { broker, log, now } = await open()
    const undo = await broker.subscribe(interest('a'), { ...deaf, ended: ({ code }) => log.push(`ended ${code}`) })
    now().withdraw('a', new WildcastError('forbidden', 'no more'))
    await settled()
    await undo()
    const inbox: string[] = []
    await broker.subscribe(
      interest('a'),
      listener(({ subject }) => inbox.push(subject)),
    )
    now().deliver('a', 'a')
    expect([log, inbox]).toEqual([['up', 'ended forbidden'], ['a']])
  })

  it('of one group take turns, and whoever leaves is skipped', async () => {
    const { broker, log, now } = await open()
    const join = (name: string): Promise<() => Promise<void>> =>
      broker.subscribe(
        interest('job', { group: 'g' }),
        listener(() => log.push(name)),
      )
    await join('first')
    const leave = await join('second')
    await join('third')
    for (let i = 0; i < 4; i++) now().deliver('job g', 'job')
    await leave()
    for (let i = 0; i < 2; i++) now().deliver('job g', 'job')
    expect(log).toEqual(['up', 'first', 'second', 'third', 'first', 'third', 'first'])
  })

  it('are not sent what is longer than clients may get; a group is done with it', async () => {
    const { broker, log, now } = await open()
    await broker.subscribe(
      interest('job', { group: 'g' }),
      listener(() => log.push('got it')),
    )
    now().deliver('job g', 'job.with.a.long.payload', (taken) => log.push(`taken ${taken}`))
    expect(log).toEqual(['up', 'dropped too_large', 'taken true'])
  })
})

describe('a server', () => {
  it('is alone at its subject, until it leaves', async () => {
    const { broker } = await open()
    const leave = await broker.subscribe(interest('sum', { serve: true }), deaf)
    await expect(broker.subscribe(interest('sum', { serve: true }), deaf)).rejects.toMatchObject({
      code: 'already_served',
    })
    await leave()
    await (await broker.subscribe(interest('sum', { serve: true }), deaf))()
  })

  it('that was refused does not keep the subject', async () => {
    const { broker, now } = await open()
    now().refuse('sum', new WildcastError('already_served', 'by another relay'))
    for (let i = 0; i < 2; i++)
      await expect(broker.subscribe(interest('sum', { serve: true }), deaf)).rejects.toThrow('by another relay')
  })
})

describe('a publish', () => {
  it('fails at once while the link is down', async () => {
    const { broker, now } = await open()
    now().lose(down('cut'))
    await settled()
    await expect(broker.publish(message('a'))).rejects.toMatchObject({ code: 'broker_down', retry: true })
  })

  it('waits for the link where it may, in order, and no longer than it may', async () => {
    const { broker, now, pass } = await open(scriptedDriver(), { publishTimeoutMs: 1000 })
    now().lose(down('cut'))
    await settled()
    const waiting = ['a', 'b', 'c'].map((subject) => broker.publish(message(subject)))
    await pass(100)
    await Promise.all(waiting)
    expect(now().log).toEqual(['!a', '!b', '!c'])
  })

  it('that has waited long enough fails', async () => {
    const driver = scriptedDriver()
    const { broker, now, pass, clock } = await open(driver, { publishTimeoutMs: 1000 })
    driver.fail(down('gone'))
    now().lose(down('cut'))
    await settled()
    const refused = expect(broker.publish(message('a'))).rejects.toMatchObject({ code: 'broker_down' })
    await pass(1000)
    await refused
    expect(clock.timers).toBe(1) // the next try
  })

  it('that was on its way when the link broke is not sent again, and its fate is said to be unknown', async () => {
    const { broker, now, pass } = await open()
    now().hold()
    const refused = expect(broker.publish(message('a'))).rejects.toMatchObject({ code: 'interrupted' })
    now().lose(down('cut'))
    await refused
    await pass(100)
    expect(now().log).toEqual([])
  })

  it('over which the link breaks twice in a row is refused from then on, and alone', async () => {
    const { broker, now, pass } = await open(scriptedDriver(), { pingIntervalMs: 1e9 })
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

  it('that the broker never confirms ends', async () => {
    const { broker, now, clock } = await open(scriptedDriver(), { pingIntervalMs: 1e9 })
    now().hold()
    const first = expect(broker.publish(message('a'))).rejects.toMatchObject({ code: 'timeout' })
    clock.advance(4000)
    const second = expect(broker.publish(message('b'))).rejects.toMatchObject({ code: 'timeout' })
    clock.advance(6000)
    await first
    clock.advance(4000)
    await second
  })

  it('has to wait for acknowledgements when the broker is slower than its publishers', async () => {
    const { broker, now } = await open()
    now().hold()
    const mebibytes = 'x'.repeat(16 * 1024 * 1024)
    const sent = Array.from({ length: 3 }, () => broker.publish(message('a', mebibytes)))
    await expect(broker.publish(message('a', mebibytes))).rejects.toMatchObject({ code: 'rate_limited', retry: true })
    now().answer()
    await Promise.all(sent)
    await broker.publish(message('a', mebibytes))
  })
})

describe('a request', () => {
  it('fails at once while the link is down, and shows the subject that was asked', async () => {
    const { broker, now } = await open()
    expect((await broker.request?.(message('sum'), { timeoutMs: 1 }))?.subject).toBe('sum')
    now().lose(down('cut'))
    await settled()
    await expect(broker.request?.(message('sum'), { timeoutMs: 1 })).rejects.toMatchObject({ code: 'broker_down' })
  })
})
