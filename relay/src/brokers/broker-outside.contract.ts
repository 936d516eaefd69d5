import { type BrokerMessage, payloadBytes } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { type BrokerUnderTest, linksTo, listen, type Outside, publish, text } from '../testing/broker-under-test.js'

/**
 * What a broker outside the process promises: to other programs, and when it goes and comes back.
 */
export function outsideContract(open: BrokerUnderTest['open'], outside: Outside): void {
  const { link } = linksTo(open)

  it('delivers what a stranger publishes, and to strangers what is published here, bytes unchanged', async () => {
    const { broker } = await link()
    const inside = await listen(broker, 'good.*')
    const stranger = await outside.listen('good.apple')
    const there = Uint8Array.from({ length: 256 }, (_, i) => i)
    await outside.publish('good.pear', there)
    await publish(broker, 'good.apple', there.toReversed())
    const [pear, apple] = await inside.take(2)
    expect([pear?.subject, bytes(pear)]).toEqual(['good.pear', [...there]])
    expect(apple?.subject).toBe('good.apple')
    expect((await stranger.take(1)).map(bytes)).toEqual([[...there].reverse()])
  })

  it('comes back by itself when the broker does, and everything is subscribed again before it says so', async () => {
    const { broker, statuses } = await link()
    const inbox = await listen(broker, 'back.*')
    const exact = await listen(broker, 'back.again')
    await outside.kill()
    await expect.poll(() => statuses).toEqual(['up', 'down'])
    await expect(publish(broker, 'back.no', 'lost')).rejects.toMatchObject({ code: 'broker_down' })
    const asked = listen(broker, 'meanwhile.*')
    await outside.restart()
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    await publish(broker, 'back.again', 'here')
    expect((await inbox.take(1)).map(text)).toEqual(['here'])
    expect((await exact.take(1)).map(text)).toEqual(['here'])
    const late = await asked
    await publish(broker, 'meanwhile.too', 'here')
    expect((await late.take(1)).map(text)).toEqual(['here'])
  })

  it('gives up while the broker is down, when it is closed', async () => {
    const { broker, statuses } = await link()
    await outside.kill()
    await expect.poll(() => statuses).toEqual(['up', 'down'])
    const asked = listen(broker, 'never')
    const refused = expect(asked).rejects.toMatchObject({ code: 'broker_down' })
    await broker.close()
    await refused
    await outside.restart()
  })
}

/** A plain array, whatever kind of bytes a client library hands out. */
const bytes = (message: BrokerMessage | undefined): number[] => [...payloadBytes(message?.payload ?? '')]
