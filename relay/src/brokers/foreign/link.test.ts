import { describe, expect, it } from 'vitest'
import { deaf, listener } from '../../testing/listener.js'
import { scriptedDriver } from '../../testing/scripted-driver.js'
import { down, interest, scriptedLink, settled } from '../../testing/scripted-link.js'

describe('a link', () => {
  it('retries forever, waits longer each time, and reports each cause once', async () => {
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

  it('restores subscriptions after each loss before it is up and delivers', async () => {
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

  it('is closed when a ping has no answer before the next', async () => {
    const { log, now, pass } = await scriptedLink()
    await pass(5000)
    now().hold()
    await pass(5000)
    expect(log).toEqual(['up'])
    await pass(5000)
    expect(log).toEqual(['up', 'down: no sign of life for 10000 ms; trying to connect again'])
  })

  it('backs off from a broker that closes each connection at once', async () => {
    const { driver, now, pass } = await scriptedLink()
    for (let i = 0; i < 100; i++) {
      now().lose(down('poison'))
      await settled()
      await pass(100)
    }
    expect(driver.connections.length).toBeLessThan(15)
  })

  it('leaves no timer and no pending call when it is closed', async () => {
    const { broker, clock, now, pass } = await scriptedLink()
    now().lose(down('cut'))
    await settled()
    const rejected = expect(broker.subscribe(interest('a'), deaf)).rejects.toMatchObject({ code: 'broker_down' })
    await broker.close()
    await rejected
    await pass(0)
    expect(clock.timers).toBe(0)
  })

  it('is closed at once while a connection opens, which is closed when it is open', async () => {
    const { broker, driver, now, pass } = await scriptedLink()
    const connect = driver.connect
    let openConnection = (): void => {}
    driver.connect = async (events) => {
      await new Promise<void>((resolve) => {
        openConnection = resolve
      })
      return connect(events)
    }
    now().lose(down('cut'))
    await settled()
    await pass(100)
    await broker.close()
    openConnection()
    await settled()
    expect(now().log).toEqual(['closed'])
  })
})
