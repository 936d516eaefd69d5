import { describe, expect, it, onTestFinished } from 'vitest'
import { everything } from '../../src/core/access/identity.js'
import { createRelay } from '../../src/core/relay.js'
import type { Session } from '../../src/core/session.js'
import { newId } from '../../src/node/new-id.js'
import { openBroker } from '../../src/node/open-broker.js'
import { type PlainOutlet, plainOutlet } from '../../src/testing/plain-outlet.js'
import { subscribe } from '../../src/testing/scripted-relay.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { kinds } from './kinds.js'

// Messages of a group whose client acknowledges them late or never, as an MQTT client may.

interface Member {
  readonly session: Session
  readonly outlet: PlainOutlet
  /** The messages that were delivered to it, once there are `count`. */
  holds(count: number): Promise<unknown[]>
  /** Its client is gone: offers what it has not acknowledged to others. */
  leave(): void
}

/** Opens a function that opens relays on one server. */
async function start(name: keyof typeof kinds) {
  const kind = kinds[name]
  const server = endsWithTest(await kind.start())
  return async () => {
    const relay = await createRelay({
      brokers: { main: openBroker(kind.settings(server.port, 5000)) },
      newId,
      onError: () => {},
    })
    onTestFinished(() => relay.close())
    const join = async (): Promise<Member> => {
      const outlet = plainOutlet()
      const session = relay.open(outlet, everything)
      await subscribe(session, 'job.*', { group: 'workers' })
      const text = (payload: unknown): string => Buffer.from(payload as Uint8Array).toString()
      return {
        session,
        outlet,
        async holds(count) {
          await expect.poll(() => outlet.parcels.length).toBe(count)
          return outlet.parcels.map(({ message }) => text(message?.payload))
        },
        leave() {
          session.close()
          for (const { settle } of outlet.parcels) settle?.(false)
        },
      }
    }
    const publisher = relay.open(plainOutlet(), everything)
    const publish = async (...jobs: string[]): Promise<void> => {
      for (const payload of jobs) await publisher.publish({ subject: 'job.x', payload })
    }
    return { join, publish }
  }
}

describe.each(Object.keys(kinds) as (keyof typeof kinds)[])(
  'on %s, a message that a client has not acknowledged',
  (name) => {
    it('goes to another member at the relay when its client leaves', async () => {
      const open = await start(name)
      const { join, publish } = await open()
      const first = await join()
      await publish('1', '2', '3')
      expect(await first.holds(3)).toEqual(['1', '2', '3'])
      first.outlet.parcels[0]?.settle?.(true)
      const second = await join()
      first.leave()
      expect(await second.holds(2)).toEqual(['2', '3'])
    })
  },
)

it('on Redis, it goes to another relay when its client leaves, and none that was acknowledged does', async () => {
  const open = await start('redis')
  const [here, there] = [await open(), await open()]
  const first = await here.join()
  await here.publish('1', '2', '3')
  await first.holds(3)
  first.outlet.parcels[1]?.settle?.(true)
  const second = await there.join()
  first.leave()
  expect((await second.holds(2)).sort()).toEqual(['1', '3'])
})
