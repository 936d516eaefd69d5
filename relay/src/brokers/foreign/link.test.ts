import { describe, expect, it } from 'vitest'
import { deaf, listener } from '../../testing/listener.js'
import { scriptedDriver } from '../../testing/scripted-driver.js'
import { down, interest, scriptedLink, settled } from '../../testing/scripted-link.js'

describe('a link', () => {
  it('is tried for ever, waits longer each time, and says why once for each reason', async () => {
    const driver = scriptedDriver()
    driver.fail(down('refused'))
    const { log, pass } = await scriptedLink(driver)
    for (let i = 0; i < 20; i++) await pass(2000)
    driver.fail(down('wrong password'))
    await pass(2000)
    driver.fail()
    await pass(2000)
    expect(log).toEqual(['down: refused', 'down: wrong password', 'up'])
  })

  it('opens whole again after every loss: subscribed first, then up, then delivered', async () => {
    const { broker, log, now, pass } = await scriptedLink()
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
    const { broker, driver, log, now, pass } = await scriptedLink()
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
    const { log, now, pass } = await scriptedLink()
    await pass(5000)
    now().hold()
    await pass(5000)
    expect(log).toEqual(['up'])
    await pass(5000)
    expect(log).toEqual(['up', 'down: no sign of life for 10000 ms; trying to connect again'])
  })

  it('does not ask a broker at once again and again that hangs up as soon as it is there', async () => {
    const { driver, now, pass } = await scriptedLink()
    for (let i = 0; i < 100; i++) {
      now().lose(down('poison'))
      await settled()
      await pass(100)
    }
    expect(driver.connections.length).toBeLessThan(15)
  })

  it('leaves no timer and nobody waiting when it is closed', async () => {
    const { broker, clock, now, pass } = await scriptedLink()
    now().lose(down('cut'))
    await settled()
    const asked = expect(broker.subscribe(interest('a'), deaf)).rejects.toMatchObject({ code: 'broker_down' })
    await broker.close()
    await asked
    await pass(0)
    expect(clock.timers).toBe(0)
  })

  it('is closed at once while a connection is being opened, which is closed as soon as it stands', async () => {
    const { broker, driver, now, pass } = await scriptedLink()
    const connect = driver.connect
    let arrive = (): void => {}
    driver.connect = async (events) => {
      await new Promise<void>((resolve) => {
        arrive = resolve
      })
      return connect(events)
    }
    now().lose(down('cut'))
    await settled()
    await pass(100)
    await broker.close()
    arrive()
    await settled()
    expect(now().log).toEqual(['closed'])
  })
})
