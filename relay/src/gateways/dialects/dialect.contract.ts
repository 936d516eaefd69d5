import { type Pattern, parseSubject } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { newClient } from '../../testing/new-client.js'
import { scriptedBroker } from '../../testing/scripted-broker.js'
import { scriptedConnection } from '../../testing/scripted-connection.js'
import { settled } from '../../testing/scripted-link.js'
import { relayOn } from '../../testing/scripted-relay.js'
import { goingAway, type OpenDialect } from './dialect.js'

/** A dialect, and what its clients send. */
export interface DialectUnderTest {
  readonly open: OpenDialect
  publish(subject: string, payload: string): string | Uint8Array
  subscribe(pattern: string): string | Uint8Array
  /** Messages that are invalid. */
  readonly nonsense: readonly (string | Uint8Array)[]
}

/** Tests what every dialect guarantees on any connection, without a socket. */
export function dialectContract(name: string, { open, publish, subscribe, nonsense }: DialectUnderTest): void {
  async function opened() {
    const broker = scriptedBroker()
    const { relay, clock } = await relayOn(broker)
    const connection = scriptedConnection()
    // The relay has timers of its own, as for the sweeps of its stores.
    const { timers } = clock
    return { broker, relay, clock, timers, connection, dialect: open(relay, connection, newClient) }
  }

  const deliver = ({ deliver: bring }: ReturnType<typeof scriptedBroker>, pattern: string, payload: string): void =>
    bring(pattern, { subject: parseSubject('good.test') as Pattern, payload })

  describe(`${name} keeps the contract of dialects`, () => {
    it('publishes at the broker', async () => {
      const { broker, dialect } = await opened()
      dialect.receive(publish('good.test', 'hi'))
      expect(broker.log).toEqual(['!good.test'])
    })

    it('writes the messages of a subscription, in order', async () => {
      const { broker, connection, dialect } = await opened()
      dialect.receive(subscribe('good.*'))
      await settled()
      expect(broker.log).toEqual(['+good.*'])
      for (const payload of ['first', 'second']) deliver(broker, 'good.*', payload)
      await settled()
      expect(connection.text).toMatch(/first[\s\S]*second/)
    })

    it('unsubscribes when its client is gone, and writes nothing more', async () => {
      const { broker, clock, timers, connection, dialect } = await opened()
      dialect.receive(subscribe('good.*'))
      await settled()
      const { length } = connection.text
      dialect.close()
      deliver(broker, 'good.*', 'late')
      clock.advance(1000)
      await settled()
      expect(broker.log).toEqual(['+good.*', '-good.*'])
      expect(connection.text.slice(length)).not.toContain('late')
      expect(clock.timers).toBe(timers)
    })

    it('pings with a frame or by the connection', async () => {
      const { connection, dialect } = await opened()
      dialect.ping()
      await settled()
      expect(connection.pings + connection.text.length).toBeGreaterThan(0)
    })

    it('ends its connection when the relay shuts down, and not when that is announced', async () => {
      const { connection, dialect } = await opened()
      dialect.goAway?.([0, 1000])
      await settled()
      expect(connection.ends).toEqual([])
      dialect.end(goingAway())
      await settled()
      expect(connection.ends.map(({ code }) => code)).toEqual(['going_away'])
    })

    it.each(nonsense.map((data) => [typeof data === 'string' ? data : [...data], data] as const))(
      'answers %j, or ends the connection, and throws nothing',
      async (_, data) => {
        const { broker, connection, dialect } = await opened()
        dialect.receive(data)
        await settled()
        expect(connection.text.length + connection.ends.length).toBeGreaterThan(0)
        expect(broker.log).toEqual([])
      },
    )

    it('does nothing without permission', async () => {
      const broker = scriptedBroker()
      const { relay } = await relayOn(broker, { authorize: () => false })
      const dialect = open(relay, scriptedConnection(), newClient)
      dialect.receive(publish('good.test', 'hi'))
      dialect.receive(subscribe('good.*'))
      await settled()
      expect(broker.log).toEqual([])
    })
  })
}
