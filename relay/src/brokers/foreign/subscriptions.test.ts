import { WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { deaf, listener } from '../../testing/listener.js'
import { scriptedDriver } from '../../testing/scripted-driver.js'
import { down, interest, scriptedLink, settled } from '../../testing/scripted-link.js'

describe('subscriptions', () => {
  it('share a native subscription, which ends with the last of them', async () => {
    const { broker, now } = await scriptedLink()
    const undo = await broker.subscribe(interest('a.*'), deaf)
    const again = await broker.subscribe(interest('a.*'), deaf)
    await undo()
    await undo()
    expect(now().log).toEqual(['+a.*'])
    await again()
    expect(now().log).toEqual(['+a.*', '-a.*'])
  })

  it('are matched again if the native subscription is wider', async () => {
    const wide = scriptedDriver(() => ({ key: 'all', exact: false, wildcard: true, single: false }))
    const { broker, log, now } = await scriptedLink(wide)
    for (const pattern of ['a.*', '*.b', '**', 'a.b'])
      await broker.subscribe(
        interest(pattern),
        listener(({ subject }) => log.push(`${pattern}: ${subject}`)),
      )
    for (const subject of ['a.b', 'a.c', '$x.b', 'x']) now().deliver('all', subject)
    expect(log).toEqual(['up', 'a.*: a.b', '*.b: a.b', '**: a.b', 'a.b: a.b', 'a.*: a.c', '**: a.c', '**: x'])
  })

  it('widen to the first segment past 1,000 native wildcards', async () => {
    const { broker, log, now } = await scriptedLink()
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

  it('made while the link is down are confirmed when it is up', async () => {
    const { broker, log, now, pass } = await scriptedLink()
    now().lose(down('cut'))
    await settled()
    const subscribed = broker.subscribe(interest('a'), deaf).then(() => log.push('confirmed'))
    await pass(100)
    await subscribed
    expect(log).toEqual(['up', 'down: cut', 'up', 'confirmed'])
  })

  it('made on a link that breaks meanwhile are confirmed on the next', async () => {
    const { broker, now, pass } = await scriptedLink()
    now().refuse('a', down('the connection ended'))
    const subscribed = broker.subscribe(interest('a'), deaf)
    await settled()
    now().lose(down('cut'))
    await settled()
    await pass(100)
    await subscribed
    expect(now().log).toEqual(['+a'])
  })

  it('are refused one by one', async () => {
    const { broker, log, now } = await scriptedLink()
    now().refuse('secret', new WildcastError('forbidden', 'no'))
    await expect(broker.subscribe(interest('secret'), deaf)).rejects.toMatchObject({ code: 'forbidden' })
    await broker.subscribe(interest('open'), deaf)
    expect(log).toEqual(['up'])
  })

  it('end if the broker refuses them after a reconnect, and others are restored', async () => {
    const { broker, driver, log, now, pass } = await scriptedLink()
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

  it('end when the broker withdraws the permission, and may be made again', async () => {
    const { broker, log, now } = await scriptedLink()
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
    expect(log).toEqual(['up', 'ended forbidden'])
    expect(inbox).toEqual(['a'])
  })

  it('made again after the broker has ended them are not affected by the old undo', async () => {
    const { broker, log, now, pass } = await scriptedLink()
    const undo = await broker.subscribe(interest('a'), deaf)
    now().withdraw('a', new WildcastError('forbidden', 'no more'))
    await settled()
    await broker.subscribe(
      interest('a'),
      listener(({ subject }) => log.push(subject)),
    )
    await undo()
    now().lose(down('cut'))
    await settled()
    await pass(100)
    now().deliver('a', 'a')
    expect(log).toEqual(['up', 'down: cut', 'up', 'a'])
  })

  it('that are aborted while the link is down leave nothing behind', async () => {
    const { broker, now, pass } = await scriptedLink()
    now().lose(down('cut'))
    await settled()
    const abort = new AbortController()
    const subscribed = [
      broker.subscribe(interest('a'), deaf, abort.signal),
      broker.subscribe(interest('b', { serve: true }), deaf, abort.signal),
    ]
    const reason = new WildcastError('interrupted', 'it left')
    abort.abort(reason)
    for (const refused of [...subscribed, broker.subscribe(interest('c'), deaf, abort.signal)])
      await expect(refused).rejects.toBe(reason)
    const served = broker.subscribe(interest('b', { serve: true }), deaf)
    await pass(100)
    await served
    expect(now().log).toEqual(['+b'])
  })

  it('of one group take turns, without a member that has left', async () => {
    const { broker, log, now } = await scriptedLink()
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

  it('are not sent messages that are too long for clients; a group settles them', async () => {
    const { broker, log, now } = await scriptedLink()
    await broker.subscribe(
      interest('job', { group: 'g' }),
      listener(() => log.push('got it')),
    )
    now().deliver('job g', 'job.with.a.long.payload', (taken) => log.push(`taken ${taken}`))
    expect(log).toEqual(['up', 'dropped too_large', 'taken true'])
  })
})

describe('a responder', () => {
  it('is the only one at its subject, until it leaves', async () => {
    const { broker } = await scriptedLink()
    const leave = await broker.subscribe(interest('sum', { serve: true }), deaf)
    await expect(broker.subscribe(interest('sum', { serve: true }), deaf)).rejects.toMatchObject({
      code: 'already_served',
    })
    await leave()
    await (await broker.subscribe(interest('sum', { serve: true }), deaf))()
  })

  it('that was refused does not reserve the subject', async () => {
    const { broker, now } = await scriptedLink()
    now().refuse('sum', new WildcastError('already_served', 'by another relay'))
    for (let i = 0; i < 2; i++)
      await expect(broker.subscribe(interest('sum', { serve: true }), deaf)).rejects.toThrow('by another relay')
  })
})
