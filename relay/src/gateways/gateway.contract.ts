import { describe, expect, it, onTestFinished } from 'vitest'
import type { Authorize } from '../core/access/access.js'
import type { Action } from '../core/access/grants.js'
import type { OpenBroker } from '../core/broker.js'
import { serveRelay } from '../node/serve-relay.js'
import { type FakeClock, fakeClock } from '../testing/fake-clock.js'
import { scriptedBroker } from '../testing/scripted-broker.js'
import type { Gateway } from './gateway.js'

/** A client that speaks the gateway's dialect. */
export interface Speaker {
  /** Resolves with `ok`, or with the error code that the client gets. */
  publish(subject: string, payload: string): Promise<string>
  /**
   * Resolves when the subscription is made, or with the error code. Absent if the dialect has none.
   */
  subscribe?(pattern: string): Promise<string>
  /** The text of the next message. */
  next?(): Promise<string>
  /** Disconnects. */
  leave(): void
  /** Resolves when the relay has ended the connection. */
  readonly ended?: Promise<unknown>
}

export interface GatewayUnderTest {
  readonly gateway: Gateway
  /**
   * Whether a refused publish is logged, and the connection stays, since the dialect can't report
   * it.
   * @default false
   */
  readonly logsRefusals?: boolean
  speak(address: string): Promise<Speaker>
}

/** Tests every gateway's guarantees, over real sockets. */
export function gatewayContract(name: string, { gateway, speak, logsRefusals = false }: GatewayUnderTest): void {
  async function open(
    broker: OpenBroker,
    authorize?: Authorize,
  ): Promise<{ address: string; clock: FakeClock; close(): Promise<void> }> {
    const clock = fakeClock()
    const options = {
      brokers: { main: broker },
      gateways: [gateway],
      port: 0,
      host: '127.0.0.1',
      clock,
      onError: () => {},
    }
    const serving = await serveRelay({ ...options, authorize })
    let closed: Promise<void> | undefined
    const close = (): Promise<void> => (closed ??= serving.close())
    onTestFinished(close)
    return { address: `127.0.0.1:${serving.port}`, clock, close }
  }

  const until = async (holds: () => boolean): Promise<void> => expect.poll(holds).toBe(true)

  describe(`${name} keeps the gateway contract`, () => {
    it('publishes at the broker', async () => {
      const broker = scriptedBroker()
      const { address } = await open(broker.open)
      expect(await (await speak(address)).publish('good.test', 'hi')).toBe('ok')
      await until(() => broker.log.includes('!good.test'))
    })

    it('checks the permission of every action, and reports the refusal', async () => {
      const broker = scriptedBroker()
      const asked: Action['kind'][] = []
      const deny: Authorize = ({ kind }) => {
        asked.push(kind)
        return false
      }
      const { address } = await open(broker.open, deny)
      expect(await (await speak(address)).publish('good.test', 'hi')).toBe(logsRefusals ? 'ok' : 'forbidden')
      expect(asked).toEqual(['publish'])
      const subscribed = await (await speak(address)).subscribe?.('good.*')
      expect(subscribed ?? 'forbidden').toBe('forbidden')
      expect(broker.log).toEqual([])
    })

    it.each(['a..b', 'a b', 'a.*'])('refuses to publish on %j', async (subject) => {
      const broker = scriptedBroker()
      const { address } = await open(broker.open)
      expect(await (await speak(address)).publish(subject, 'hi')).toBe('invalid_subject')
      expect(broker.log).toEqual([])
    })

    it('delivers messages to a subscriber, and unsubscribes when it has left (SP-GW-9)', async () => {
      const broker = scriptedBroker()
      const { address, clock } = await open(broker.open)
      const speaker = await speak(address)
      if (!speaker.subscribe || !speaker.next) return speaker.leave() // a dialect that only publishes
      await speaker.subscribe('good.*')
      await until(() => broker.log.includes('+good.*'))
      const next = speaker.next()
      broker.deliver('good.*', { subject: 'good.test' as never, payload: 'hi' })
      expect(await next).toBe('hi')
      speaker.leave()
      await until(() => {
        clock.advance(1000)
        return broker.log.includes('-good.*')
      })
    })

    it('ends its connections when the relay shuts down', async () => {
      const { address, close } = await open(scriptedBroker().open)
      const speaker = await speak(address)
      await close()
      await speaker.ended
    })
  })
}
