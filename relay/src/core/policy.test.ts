import { describe, expect, it } from 'vitest'
import { recordingOutlet } from '../testing/recording-outlet.js'
import { scriptedBroker as broker } from '../testing/scripted-broker.js'
import { message, settled } from '../testing/scripted-link.js'
import { relayOn, subscribe } from '../testing/scripted-relay.js'
import { everything } from './access/identity.js'

describe('a policy', () => {
  it('has another id, but shares its interest at the broker with every other policy', async () => {
    const scripted = broker()
    const { relay, clock } = await relayOn(scripted)
    const { timers } = clock
    const sessions = [undefined, { deliver: 'latest' }, { maxRate: 5 }, { maxRate: 5 }] as const
    const opened = await Promise.all(
      sessions.map(async (policy) => {
        const session = relay.open(recordingOutlet(), everything)
        return { session, id: (await subscribe(session, 'a', { policy })).id }
      }),
    )
    expect(opened.map(({ id }) => id)).toEqual([1, 2, 3, 3])
    expect(scripted.log).toEqual(['+a'])
    for (const { session } of opened) session.close()
    clock.advance(1000)
    await settled()
    expect(scripted.log).toEqual(['+a', '-a'])
    expect(clock.timers).toBe(timers)
  })

  it('gets its message although the last member of another leaves during the delivery', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    const leaving = recordingOutlet()
    const first = relay.open({ ...leaving, deliver: () => first.close() }, everything)
    await subscribe(first, 'a')
    const outlet = recordingOutlet()
    await subscribe(relay.open(outlet, everything), 'a', { policy: { deliver: 'latest' } })
    scripted.deliver('a', message('a'))
    expect(outlet.frames.map(({ kind }) => kind)).toEqual(['Message'])
  })

  it('that makes no sense is refused', async () => {
    const { relay } = await relayOn(broker())
    const session = relay.open(recordingOutlet(), everything)
    for (const policy of [{ deliver: 'all', maxRate: 5 }, { maxRate: 1e-9 }] as const)
      await expect(subscribe(session, 'a', { policy })).rejects.toMatchObject({ code: 'invalid_frame' })
  })

  it('gets a gap for a lost link as any subscription does', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    const outlets = [recordingOutlet(), recordingOutlet()]
    const [all, newest] = outlets
    if (all) await subscribe(relay.open(all, everything), 'a')
    if (newest) await subscribe(relay.open(newest, everything), 'a', { policy: { deliver: 'latest' } })
    scripted.status('down')
    scripted.status('up')
    expect(outlets.map(({ frames }) => frames)).toEqual([[{ kind: 'Gap', id: 1 }], [{ kind: 'Gap', id: 2 }]])
  })

  it('may be one of several in a session, each with its own messages', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    const outlet = recordingOutlet()
    const session = relay.open(outlet, everything)
    await subscribe(session, 'a')
    const { id } = await subscribe(session, 'a', { policy: { deliver: 'latest' } })
    expect((await subscribe(session, 'a', { policy: { deliver: 'latest' } })).id).toBe(id)
    scripted.deliver('a', message('a'))
    session.unsubscribe(id)
    scripted.deliver('a', message('a'))
    expect(outlet.frames.map((frame) => 'id' in frame && frame.id)).toEqual([1, 2, 1])
  })
})
