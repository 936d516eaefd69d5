import { refusal } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { recordingOutlet } from '../testing/recording-outlet.js'
import { scriptedBroker } from '../testing/scripted-broker.js'
import { relayOn, subscribe } from '../testing/scripted-relay.js'
import type { Decision } from './access/access.js'
import { Grants } from './access/grants.js'
import { everything, type Identity } from './access/identity.js'

const hour = 3_600_000
const revoked = refusal('unauthorized', 'an operator has ended the sessions of this user')

/** A hook that decides when the test calls it. */
function heldHook() {
  const pending: ((decision: Decision) => void)[] = []
  return {
    authorize: () => new Promise<Decision>((resolve) => pending.push(resolve)),
    allow: (): void => {
      for (const resolve of pending.splice(0)) resolve(true)
    },
    get asked() {
      return pending.length
    },
  }
}

describe('a session that is revoked', () => {
  it.each(['publish', 'request'] as const)('does not %s what the hook decides on afterwards (P2, P4)', async (act) => {
    const [broker, hook] = [scriptedBroker(), heldHook()]
    const { relay } = await relayOn(broker, { authorize: hook.authorize })
    const session = relay.open(recordingOutlet(), everything)
    const done =
      act === 'publish'
        ? session.publish({ subject: 'a', payload: '' })
        : session.request({ subject: 'a', payload: '' }, {})
    session.revoke(revoked)
    hook.allow()
    await expect(done).rejects.toMatchObject({ code: 'unauthorized' })
    expect(broker.log).toEqual([])
  })

  it('keeps no timer for credentials that are accepted afterwards', async () => {
    const { relay, clock } = await relayOn()
    const session = relay.open(recordingOutlet(), everything)
    const { timers } = clock
    session.close()
    await session.renew({ claims: {}, expiresAt: hour })
    expect(clock.timers).toBe(timers)
  })
})

describe('a session whose permissions change', () => {
  it('ends a subscription if the hook decides neither yes nor no (P11)', async () => {
    let decision: Decision = true
    const { relay } = await relayOn(scriptedBroker(), { authorize: async () => decision })
    const outlet = recordingOutlet()
    const session = relay.open(outlet, everything)
    await subscribe(session, 'a')
    decision = null as unknown as Decision
    await session.renew({ claims: {} })
    expect(outlet.frames).toMatchObject([{ kind: 'Unsubscribed', error: { code: 'forbidden' } }])
  })
})

describe('a client that does not wait for decisions', () => {
  it('has no more subscriptions to decide on than it may have', async () => {
    const hook = heldHook()
    const { relay } = await relayOn(undefined, { authorize: hook.authorize, limits: { subscriptions: 3 } })
    const session = relay.open(recordingOutlet(), everything)
    const all = Array.from({ length: 10 }, (_, i) => subscribe(session, `s${i}`).catch(({ code }) => code))
    expect(hook.asked).toBe(3)
    hook.allow()
    expect((await Promise.all(all)).filter((one) => one === 'too_many_subscriptions')).toHaveLength(7)
  })

  it('has no more questions to decide on than it may have requests', async () => {
    const hook = heldHook()
    const { relay } = await relayOn(undefined, { authorize: hook.authorize, limits: { requests: 3 } })
    const { actions } = relay.open(recordingOutlet(), everything)
    const all = Array.from({ length: 10 }, (_, i) => actions.can('publish', `s${i}`).catch(({ code }) => code))
    await Promise.resolve()
    expect(hook.asked).toBe(3)
    hook.allow()
    expect((await Promise.all(all)).filter((one) => one === 'rate_limited')).toHaveLength(7)
  })
})

describe('a publish to a pattern', () => {
  it.each(['request.*.a', 'response.**', 'response.*'])(
    'does not reach the requests of others: %s',
    async (subject) => {
      const broker = scriptedBroker()
      const { relay } = await relayOn(broker)
      const rules = { publish: ['request.**', 'response.**'] }
      const identity: Identity = { claims: {}, grants: new Grants([{ name: 'role "all"', rules }], {}) }
      const session = relay.open(recordingOutlet(), identity)
      await expect(session.publish({ subject, payload: '', wildcard: true })).rejects.toMatchObject({
        code: 'forbidden',
      })
      expect(broker.log).toEqual([])
    },
  )
})
