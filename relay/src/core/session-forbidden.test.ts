import { WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { recordingOutlet } from '../testing/recording-outlet.js'
import { subscribe } from '../testing/scripted-relay.js'
import { storeBroker } from '../testing/scripted-store.js'
import type { Authorize } from './access/access.js'
import { everything } from './access/identity.js'
import { FanOut } from './fan-out.js'
import { SubjectHistories } from './history/subject-histories.js'
import { Hub } from './hub.js'
import { KeyedPublishes } from './keyed-publishes.js'
import { defaultLimits } from './limits.js'
import { nobody } from './observer.js'
import { Session } from './session.js'
import { RelayRates } from './session-rates.js'
import { TimeSlice } from './time-slice.js'
import { RelayValues } from './values/relay-values.js'
import { WillMessages } from './will-messages/will-messages.js'

// Row P10: a refusal's time can't reveal whether a subject is in use, since it takes the same steps
// for both, without a lookup.

/** A hub that reports each use of its members. */
function noting(hub: Hub, note: (use: string) => void): Hub {
  return new Proxy(hub, {
    get(target, name) {
      note(`hub.${String(name)}`)
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

async function opened() {
  const steps: string[] = []
  const { broker } = storeBroker({ leased: true })
  const clock = fakeClock()
  const slice = new TimeSlice(clock)
  const room = { used: 0, limit: 1000 }
  const shared = {
    clock,
    observer: nobody,
    room,
    valueRoom: room,
    recentRoom: room,
    fanOut: new FanOut(slice),
    slice,
    onError: () => {},
  }
  const hub = noting(await Hub.open({ brokers: { main: broker.open }, ...shared }), (use) => steps.push(use))
  const session = (authorize: Authorize): Session =>
    new Session(
      {
        hub,
        access: { clock, authorize, failed: () => {} },
        limits: defaultLimits,
        rates: new RelayRates(clock, defaultLimits),
        observer: nobody,
        values: new RelayValues({ hub, clock, relay: 'r', onError: () => {} }),
        histories: new SubjectHistories(hub),
        willMessages: new WillMessages({ hub, clock, onError: () => {} }),
        keyed: new KeyedPublishes(clock),
        newName: () => 'id',
        closed: () => {},
      },
      recordingOutlet(),
      everything,
    )
  return { broker, steps, session }
}

type Act = (session: Session, subject: string) => unknown

const acts: Record<string, Act> = {
  publish: (session, subject) => session.publish({ subject, payload: 'x' }),
  subscribe: (session, subject) => subscribe(session, subject),
  'subscribe with a group': (session, subject) => subscribe(session, subject, { group: 'g' }),
  'subscribe to the newest': (session, subject) => subscribe(session, subject, { policy: { deliver: 'latest' } }),
  serve: (session, subject) => subscribe(session, subject, { serve: true }),
  retain: (session, subject) => session.retain({ subject, payload: 'x', retain: { when: null, will: null } }),
  'wait for': (session, subject) => session.retain({ subject, payload: 'x', retain: { when: null, watch: true } }),
  enter: (session, subject) => session.enter({ subject, payload: 'x', member: 'm' }),
  'leave the presence of': (session, subject) => session.leave({ subject, member: 'm' }),
  request: (session, subject) => session.request({ subject, payload: 'x' }, { onPart: () => {} }),
}

describe.each(Object.entries(acts))('a refusal to %s', (_, act) => {
  it('takes the same steps for a subject in use as for an unknown one (P10)', async () => {
    const { broker, steps, session } = await opened()
    const other = session(() => true)
    for (const more of [{}, { group: 'g' }, { policy: { deliver: 'latest' } }, { serve: true }])
      await subscribe(other, 'used', more)
    await other.publish({ subject: 'used', payload: 'x' })
    const stranger = session(({ kind, subject }) => {
      steps.push(`may ${kind} ${subject}`)
      return false
    })
    const done = [...broker.log]

    /** All steps and texts of a refusal, without the subject. */
    async function refusalOf(subject: string): Promise<readonly string[]> {
      steps.length = 0
      const error = await Promise.resolve(act(stranger, subject)).then(
        () => undefined,
        (cause) => WildcastError.from(cause),
      )
      const { code, message, retry } = error ?? expect.fail('it was not refused')
      return [...steps, code, message, `${retry}`].map((step) => step.replaceAll(subject, '…'))
    }

    const used = await refusalOf('used')
    expect(await refusalOf('free')).toEqual(used)
    expect(used).toContain('forbidden')
    expect(used.filter((step) => step.startsWith('may '))).toHaveLength(1)
    // Only the broker's name and features were read from the hub, and the broker was not called.
    const hubSteps = used.filter((step) => step.startsWith('hub.'))
    expect(['hub.nameOf', 'hub.demand', 'hub.counts', 'hub.nextMessageId']).toEqual(expect.arrayContaining(hubSteps))
    expect(broker.log).toEqual(done)
  })
})
