import { type BrokerMessage, payloadBytes } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { type BrokerUnderTest, linksTo, listen, type Outside, publish, text } from '../testing/broker-under-test.js'

/** The contract of a broker outside the process: other programs, and a broker that restarts. */
export function outsideContract(open: BrokerUnderTest['open'], outside: Outside): void {
  const { link } = linksTo(open)

  it('exchanges messages with other programs, bytes unchanged', async () => {
    const { broker } = await link()
    const inside = await listen(broker, 'good.*')
    const other = await outside.listen('good.apple')
    const payload = Uint8Array.from({ length: 256 }, (_, i) => i)
    await outside.publish('good.pear', payload)
    await publish(broker, 'good.apple', payload.toReversed())
    const [pear, apple] = await inside.take(2)
    expect({ subject: pear?.subject, bytes: bytes(pear) }).toEqual({ subject: 'good.pear', bytes: [...payload] })
    expect(apple?.subject).toBe('good.apple')
    expect((await other.take(1)).map(bytes)).toEqual([[...payload].reverse()])
  })

  it('reconnects when the broker is back, and reports it when all subscriptions are restored', async () => {
    const { broker, statuses } = await link()
    const inbox = await listen(broker, 'back.*')
    const exact = await listen(broker, 'back.again')
    await outside.kill()
    await expect.poll(() => statuses).toEqual(['up', 'down'])
    await expect(publish(broker, 'back.no', 'lost')).rejects.toMatchObject({ code: 'broker_down' })
    const subscribed = listen(broker, 'meanwhile.*')
    await outside.restart()
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    await publish(broker, 'back.again', 'here')
    expect((await inbox.take(1)).map(text)).toEqual(['here'])
    expect((await exact.take(1)).map(text)).toEqual(['here'])
    const late = await subscribed
    await publish(broker, 'meanwhile.too', 'here')
    expect((await late.take(1)).map(text)).toEqual(['here'])
  })

  it('rejects what waits for a broker that is down, when it is closed', async () => {
    const { broker, statuses } = await link()
    await outside.kill()
    await expect.poll(() => statuses).toEqual(['up', 'down'])
    const subscribed = listen(broker, 'never')
    const refused = expect(subscribed).rejects.toMatchObject({ code: 'broker_down' })
    await broker.close()
    await refused
    await outside.restart()
  })
}

/** Returns a plain array for each kind of bytes that a client library delivers. */
const bytes = (message: BrokerMessage | undefined): number[] => [...payloadBytes(message?.payload ?? '')]
