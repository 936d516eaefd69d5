import { type Contract, defineContract, type } from '@wildcast/contract'
import * as v from 'valibot'
import { expect, it } from 'vitest'
import { settled } from '../../testing/scripted-link.js'
import { valueRelay } from '../../testing/value-relay.js'

const open: Contract = defineContract({ job: { value: type<unknown>() }, lock: { value: type<unknown>() } })
const strict: Contract = defineContract({
  job: { value: v.object({ state: v.string() }) },
  lock: { value: type<unknown>() },
})

it.each([{}, { key: 'k' }, { will: '{"state":"lost"}' }])(
  'a write that waits is refused if it does not fit the contract that was loaded meanwhile, %j',
  async (fields) => {
    const settings = { contract: open }
    const relay = await valueRelay({ contract: settings })
    const one = relay.client()
    await one.retain(1, 'job', '{"state":"busy"}')
    const waits = { when: null, watch: true, ...fields }
    await one.retain(2, 'job', '{"state":5}', waits)
    await one.retain(3, 'job', '{"state":"next"}', { when: null, watch: true })
    settings.contract = strict
    relay.store.set('job', '')
    await settled()
    expect(one.received()).toMatchObject([{ Error: { ref: 2, code: 'invalid_payload' } }, { Ack: { ref: 3 } }])
    expect(relay.store.get('job')).toBe('{"state":"next"}')
  },
)

it('a will that does not fit the new contract refuses its write', async () => {
  const settings = { contract: open }
  const relay = await valueRelay({ contract: settings })
  const one = relay.client()
  await one.retain(1, 'job', '{"state":"busy"}')
  await one.retain(2, 'job', '{"state":"mine"}', { when: null, watch: true, will: '5' })
  settings.contract = strict
  relay.store.set('job', '')
  await settled()
  expect(one.received().at(-1)).toMatchObject({ Error: { ref: 2, code: 'invalid_payload' } })
  expect(relay.store.get('job')).toBeUndefined()
})
