import { defineContract } from '@wildcast/contract'
import { parseSubject } from '@wildcast/protocol'
import * as v from 'valibot'
import { expect, it } from 'vitest'
import { deaf } from '../../testing/listener.js'
import { scriptedBroker } from '../../testing/scripted-broker.js'
import { message } from '../../testing/scripted-link.js'
import { relayOn } from '../../testing/scripted-relay.js'
import type { Listener } from '../broker.js'
import type { FromBrokers } from './relay-contract.js'

/** Whether the broker gets the relay's own listener, so that deliveries have no further step. */
async function isDirect(fromBrokers: FromBrokers | undefined): Promise<boolean> {
  const scripted = scriptedBroker()
  let got: Listener | undefined
  const contract = defineContract({ a: { message: v.number() } })
  const { relay } = await relayOn(scripted, {
    brokers: {
      main: async (events) => {
        const broker = await scripted.open(events)
        return {
          ...broker,
          subscribe: (interest, listener, gone) => {
            got = listener
            return broker.subscribe(interest, listener, gone)
          },
        }
      },
    },
    contract: fromBrokers && { contract, fromBrokers },
  })
  await relay.inside.listen('main', { pattern: parseSubject('a') }, deaf)
  scripted.deliver('a', message('a'))
  return got === deaf
}

it('deliveries have no further step without a contract, or if data from brokers passes', async () => {
  expect(
    await Promise.all([undefined, 'pass', 'drop', 'quarantine'].map((one) => isDirect(one as FromBrokers))),
  ).toEqual([true, true, false, false])
})
