import { defineContract } from '@wildcast/contract'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { recordingOutlet } from '../../testing/recording-outlet.js'
import { scriptedBroker } from '../../testing/scripted-broker.js'
import { message } from '../../testing/scripted-link.js'
import { relayOn, subscribe } from '../../testing/scripted-relay.js'
import { Grants } from '../access/grants.js'
import { everything, type Identity } from '../access/identity.js'
import type { FromBrokers } from './relay-contract.js'

const contract = defineContract({ 'good.*': { message: v.object({ price: v.number() }) } })

/** Subscribes with these rules. Returns the code of the refusal, or the messages. */
async function received(pattern: string, rules: readonly string[] | undefined, fromBrokers: FromBrokers) {
  const broker = scriptedBroker()
  const { relay } = await relayOn(broker, { contract: { contract, fromBrokers } })
  const grants = rules && new Grants([{ name: 'role "test"', rules: { subscribe: rules } }], {})
  const identity: Identity = grants ? { ...everything, user: 'ada', grants } : everything
  const outlet = recordingOutlet()
  try {
    await subscribe(relay.open(outlet, identity), pattern)
  } catch (cause) {
    return (cause as { code: string }).code
  }
  const of = pattern.replace('$quarantine.', '')
  for (const payload of ['{"price":1}', '{"price":"x"}', 'x']) broker.deliver(of, message('good.a', payload))
  return outlet.frames.map((frame) => (frame.kind === 'Message' ? `${frame.subject} ${frame.message}` : frame.kind))
}

const bad = ['$quarantine.good.a {"price":"x"}', '$quarantine.good.a x']

describe('the quarantine', () => {
  it.each<[rules: readonly string[] | undefined, pattern: string, outcome: unknown]>([
    [undefined, '$quarantine.**', bad],
    [['$quarantine.**'], '$quarantine.good.*', bad],
    [['$quarantine.**'], '$quarantine.**', bad],
    [['$quarantine.good.*'], '$quarantine.**', 'forbidden'],
    [['**', 'good.*'], '$quarantine.good.*', 'forbidden'],
    [['$quarantine.**'], 'good.*', 'forbidden'],
    [['$quarantine.**'], '$quarantine.$wildcast.x', 'forbidden'],
    [undefined, '$other.**', 'forbidden'],
  ])('with the rules %j: %s', async (rules, pattern, outcome) => {
    expect(await received(pattern, rules, 'quarantine')).toEqual(outcome)
  })

  it.each(['pass', 'drop'] as const)('is closed if data is to %s', async (fromBrokers) => {
    expect(await received('$quarantine.good.*', undefined, fromBrokers)).toBe('forbidden')
  })

  it('has nothing to do with groups and servers', async () => {
    const { relay } = await relayOn(scriptedBroker(), { contract: { contract, fromBrokers: 'quarantine' } })
    const session = relay.open(recordingOutlet(), everything)
    for (const more of [{ group: 'g' }, { serve: true }])
      await expect(subscribe(session, '$quarantine.good.a', more)).rejects.toMatchObject({ code: 'forbidden' })
  })
})
