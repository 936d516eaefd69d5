import { parsePattern, WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { recordingOutlet } from '../testing/recording-outlet.js'
import { scriptedBroker } from '../testing/scripted-broker.js'
import { message, settled } from '../testing/scripted-link.js'
import type { Interest } from './broker.js'
import { openLink } from './broker-link.js'
import { FanOut } from './fan-out.js'
import type { FeedMember } from './feed-member.js'
import { ParsedPayloads } from './filters/parsed-payloads.js'
import { Lease, type LeaseOptions } from './lease.js'
import { nobody } from './observer.js'
import { everyMessage } from './policy.js'
import { TimeSlice } from './time-slice.js'

/** A lease on a scripted broker, and members that join it. */
async function opened(more: Partial<Interest> = {}, after?: Promise<void>) {
  const scripted = scriptedBroker()
  const clock = fakeClock()
  const slice = new TimeSlice(clock)
  /** Uses up the time of this turn. */
  const useUp = (): void => slice.first(() => {}, true)
  const errors: string[] = []
  const onError = ({ message: why }: WildcastError): void => void errors.push(why)
  const unheard = (): void => {}
  const link = await openLink(scripted.open, {
    name: 'main',
    onError,
    observer: nobody,
    lost: unheard,
    returned: unheard,
  })
  let lastId = 0
  const overs: ('ended' | 'unsubscribed')[] = []
  const over: LeaseOptions['over'] = (undone) => void overs.push(undone ? 'unsubscribed' : 'ended')
  const open = (): Lease =>
    new Lease(
      { broker: 'main', interest: { pattern: parsePattern('a'), ...more }, link, after, over },
      {
        clock,
        onError,
        observer: nobody,
        room: { used: 0, limit: 1000 },
        valueRoom: { used: 0, limit: 1000 },
        recentRoom: { used: 0, limit: 1000 },
        fanOut: new FanOut(slice),
        slice,
        parsed: new ParsedPayloads(),
        nextId: () => ++lastId,
      },
    )
  return { scripted, clock, useUp, overs, errors, open }
}

/** A member that records its notifications. */
function member() {
  const outlet = recordingOutlet()
  const notified: string[] = []
  const one: FeedMember = { outlet, expectsAnswer: () => {}, ended: (_, { code }) => void notified.push(code) }
  const joiner = { member: one, policy: everyMessage, joined: () => void notified.push('joined') }
  return { outlet, notified, joiner }
}

describe('a lease', () => {
  it('subscribes once for all members, and delivers to each of them', async () => {
    const { scripted, open } = await opened()
    const members = [member(), member()] as const
    const lease = open()
    for (const { joiner } of members) await lease.join(joiner).done
    scripted.deliver('a', message('a'))
    expect(scripted.log).toEqual(['+a'])
    for (const { outlet } of members) expect(outlet.frames).toMatchObject([{ kind: 'Message', id: 1 }])
  })

  it('is unsubscribed when it has had no member for 1 s', async () => {
    const { scripted, clock, overs, open } = await opened()
    const membership = open().join(member().joiner)
    await membership.done
    membership.end()
    clock.advance(999)
    expect(overs).toEqual([])
    clock.advance(1)
    await settled()
    expect(overs).toEqual(['unsubscribed'])
    expect(scripted.log).toEqual(['+a', '-a'])
  })

  it('stays, with its subscription id, for a member that joins meanwhile', async () => {
    const { scripted, clock, overs, open } = await opened()
    const lease = open()
    const first = lease.join(member().joiner)
    await first.done
    first.end()
    clock.advance(999)
    const { outlet, joiner } = member()
    await lease.join(joiner).done
    clock.advance(10_000)
    scripted.deliver('a', message('a'))
    expect(outlet.frames).toMatchObject([{ id: 1 }])
    expect({ overs, log: scripted.log, timers: clock.timers }).toEqual({ overs: [], log: ['+a'], timers: 0 })
  })

  it('stays for another second if a member joins and leaves in a turn without time to unsubscribe', async () => {
    const { scripted, clock, useUp, overs, open } = await opened()
    const lease = open()
    const first = lease.join(member().joiner)
    await first.done
    first.end()
    useUp()
    clock.advance(1000)
    lease.join(member().joiner).end()
    await settled()
    expect(overs).toEqual([])
    clock.advance(1000)
    await settled()
    expect({ overs, log: scripted.log }).toEqual({ overs: ['unsubscribed'], log: ['+a', '-a'] })
  })

  it('is unsubscribed at once if its broker ends it while it has no member', async () => {
    const { scripted, clock, overs, open } = await opened()
    const membership = open().join(member().joiner)
    await membership.done
    membership.end()
    scripted.end('a', new WildcastError('forbidden', 'the permission was withdrawn'))
    await settled()
    expect({ overs, timers: clock.timers }).toEqual({ overs: ['ended', 'unsubscribed'], timers: 0 })
  })

  it.each([{ group: 'g' as Interest['group'] }, { serve: true }, { pattern: parsePattern('response.x') }])(
    'with %o does not wait for another member',
    async (more) => {
      const { overs, open } = await opened(more as Partial<Interest>)
      const membership = open().join(member().joiner)
      await membership.done
      membership.end()
      expect(overs).toEqual(['unsubscribed'])
    },
  )

  it('notifies its members once that the broker has ended it', async () => {
    const { scripted, overs, open } = await opened()
    const { notified, joiner } = member()
    const membership = open().join(joiner)
    await membership.done
    scripted.end('a', new WildcastError('forbidden', 'the permission was withdrawn'))
    expect(notified).toEqual(['joined', 'forbidden'])
    expect(overs).toEqual(['ended'])
  })

  it('rejects for each member if the broker refuses, and is over', async () => {
    const { scripted, overs, open } = await opened()
    scripted.hold()
    const lease = open()
    const memberships = [lease.join(member().joiner), lease.join(member().joiner)]
    scripted.refuse(new WildcastError('forbidden', 'no'))
    for (const { done } of memberships) await expect(done).rejects.toMatchObject({ code: 'forbidden' })
    expect(overs).toEqual(['unsubscribed'])
  })

  it('does not notify a member that leaves while joining', async () => {
    const { scripted, open } = await opened()
    scripted.hold()
    const lease = open()
    const stays = member()
    const leaves = member()
    const staying = lease.join(stays.joiner)
    const leaving = lease.join(leaves.joiner)
    leaving.end()
    leaving.end()
    scripted.confirm()
    await Promise.all([staying.done, leaving.done])
    expect({ stays: stays.notified, leaves: leaves.notified }).toEqual({ stays: ['joined'], leaves: [] })
  })

  it('resolves for a member that leaves before the broker has answered', async () => {
    const { scripted, open } = await opened()
    scripted.hold()
    const lease = open()
    void lease.join(member().joiner).done
    const leaving = lease.join(member().joiner)
    leaving.end()
    await expect(leaving.done).resolves.toBeUndefined()
  })

  it('adds a member when the link is back, not before', async () => {
    const { scripted, open } = await opened()
    const lease = open()
    await lease.join(member().joiner).done
    scripted.status('down')
    const { notified, joiner } = member()
    const late = lease.join(joiner)
    await settled()
    expect(notified).toEqual([])
    scripted.status('up')
    await late.done
    expect(notified).toEqual(['joined'])
  })

  it('subscribes only after an equal lease is unsubscribed', async () => {
    let confirm = (): void => {}
    const unsubscribed = new Promise<void>((resolve) => {
      confirm = resolve
    })
    const { scripted, open } = await opened({}, unsubscribed)
    const joined = open().join(member().joiner)
    await settled()
    expect(scripted.log).toEqual([])
    confirm()
    await joined.done
    expect(scripted.log).toEqual(['+a'])
  })
})
