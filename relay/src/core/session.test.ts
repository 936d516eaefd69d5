import type { Pattern, Subject } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { recordingEncoder, recordingOutlet } from '../testing/recording-outlet.js'
import { scriptedBroker } from '../testing/scripted-broker.js'
import { message } from '../testing/scripted-link.js'
import { relayOn, subscribe } from '../testing/scripted-relay.js'
import type { Action } from './access/grants.js'
import { everything } from './access/identity.js'
import type { Session } from './session.js'

const broker = scriptedBroker

describe('a message', () => {
  it('is encoded once for each encoder, and shared as the same bytes', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    const encoders = [recordingEncoder(), recordingEncoder()]
    const outlets = Array.from({ length: 100 }, (_, i) => recordingOutlet(encoders[i % 2]))
    await Promise.all(outlets.map((outlet) => subscribe(relay.open(outlet, everything), 'a')))
    scripted.deliver('a', message('a'))
    for (const { encoded } of encoders) expect(encoded).toHaveLength(1)
    expect(new Set(outlets.flatMap(({ bytes }) => bytes)).size).toBe(2)
    expect(outlets.every(({ bytes }) => bytes.length === 1)).toBe(true)
  })

  it('goes to one member of a group, in turns', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    const outlets = [recordingOutlet(), recordingOutlet()] as const
    for (const outlet of outlets) await subscribe(relay.open(outlet, everything), 'job', { group: 'g' })
    for (const payload of ['1', '2', '3']) scripted.deliver('job', message('job', payload))
    expect(outlets.map(({ frames }) => frames.map((frame) => 'message' in frame && frame.message))).toEqual([
      ['1', '3'],
      ['2'],
    ])
  })

  it('published after a Subscribe of the same session waits until that is confirmed', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    scripted.hold()
    const session = relay.open(recordingOutlet(), everything)
    const asked = subscribe(session, 'a')
    const published = session.publish({ subject: 'a', payload: '' })
    await Promise.resolve()
    expect(scripted.log).toEqual(['+a'])
    scripted.confirm()
    await Promise.all([asked, published])
    expect(scripted.log).toEqual(['+a', '!a'])
  })

  it.each([0, 1, 3])(
    'overtakes no earlier one, however soon it follows, with %i more subscriptions between',
    async (more) => {
      const scripted = broker()
      const { relay } = await relayOn(scripted)
      scripted.hold()
      const session = relay.open(recordingOutlet(), everything)
      const asked = [subscribe(session, 'a')]
      const published: unknown[] = []
      const subjects = Array.from({ length: 60 }, (_, i) => `m${i}`)
      for (const [i, subject] of subjects.entries()) {
        published.push(session.publish({ subject, payload: '' }))
        await Promise.resolve()
        if (i === 5) scripted.confirm()
        if (i >= 5 && i < 5 + more) asked.push(subscribe(session, `s${i}`))
      }
      await Promise.all([...asked, ...published])
      expect(scripted.log.filter((line) => line.startsWith('!'))).toEqual(subjects.map((subject) => `!${subject}`))
    },
  )

  it('does not wait for a broker that is down', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    scripted.hold()
    const session = relay.open(recordingOutlet(), everything)
    const asked = subscribe(session, 'a')
    scripted.status('down')
    await session.publish({ subject: 'a', payload: '' })
    expect(scripted.log).toEqual(['+a', '!a'])
    scripted.confirm()
    scripted.status('up')
    await asked
  })

  it('that waits for a subscription does not wait for the return of a link that is lost meanwhile', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    scripted.hold()
    const session = relay.open(recordingOutlet(), everything)
    const asked = subscribe(session, 'a')
    const published = ['a', 'b'].map((subject) => session.publish({ subject, payload: '' }))
    scripted.status('down')
    await Promise.all(published)
    expect(scripted.log).toEqual(['+a', '!a', '!b'])
    scripted.confirm()
    scripted.status('up')
    await asked
  })
})

describe('an answer', () => {
  it('may use a closed subject that this session received, and no other', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    const server = relay.open(recordingOutlet(), everything)
    const stranger = relay.open(recordingOutlet(), everything)
    await subscribe(server, 'ask', { serve: true })
    scripted.deliver('ask', { ...message('ask'), responseSubject: '_reply.7' as Subject })
    await expect(stranger.publish({ subject: '_reply.7', payload: '' })).rejects.toMatchObject({ code: 'forbidden' })
    await server.publish({ subject: '_reply.7', payload: '' })
    expect(scripted.log).toContain('!_reply.7')
  })

  it('may use the last 1,000 subjects, and not the first of more than twice as many', async () => {
    const scripted = broker()
    const { relay } = await relayOn(scripted)
    const server = relay.open(recordingOutlet(), everything)
    await subscribe(server, 'ask', { serve: true })
    for (let i = 0; i <= 2000; i++)
      scripted.deliver('ask', { ...message('ask'), responseSubject: `_reply.${i}` as Subject })
    await server.publish({ subject: '_reply.1001', payload: '' })
    await expect(server.publish({ subject: '_reply.0', payload: '' })).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('permissions', () => {
  const acts: Record<Exclude<Action['kind'], 'presence'>, (session: Session) => Promise<unknown>> = {
    publish: async (session) => session.publish({ subject: 'a', payload: '' }),
    subscribe: (session) => subscribe(session, 'a'),
    serve: (session) => subscribe(session, 'a', { serve: true }),
    request: (session) => session.request({ subject: 'a', payload: '' }, {}),
  }

  it.each(Object.entries(acts))('decide on %s', async (kind, act) => {
    const asked: Action[] = []
    const scripted = broker()
    const authorize = (action: Action): boolean => {
      asked.push(action)
      return false
    }
    const { relay } = await relayOn(scripted, { authorize })
    await expect(act(relay.open(recordingOutlet(), everything))).rejects.toMatchObject({ code: 'forbidden' })
    expect(asked).toEqual([{ kind, subject: 'a' as Pattern, broker: 'main' }])
    expect(scripted.log).toEqual([])
  })

  it.each([
    [
      'throw',
      (): boolean => {
        throw new Error('broken')
      },
    ],
    ['give a promise of another value', (): boolean => Promise.resolve(1) as unknown as boolean],
    ['give a truthy value', (): boolean => 1 as unknown as boolean],
  ])('that %s deny (P11)', async (_, authorize) => {
    const { relay } = await relayOn(broker(), { authorize })
    await expect(acts.publish(relay.open(recordingOutlet(), everything))).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('a feature that a broker lacks', () => {
  const reason = 'it has no support'
  it.each([
    ['queue', (session: Session) => subscribe(session, 'a', { group: 'g' })],
    ['serve', (session: Session) => subscribe(session, 'a', { serve: true })],
    ['headers', (session: Session) => session.publish({ subject: 'a', payload: '', headers: [] })],
    ['wildcard', (session: Session) => session.publish({ subject: 'a.*', payload: '', wildcard: true })],
    ['response_subject', (session: Session) => session.publish({ subject: 'a', payload: '', responseSubject: 'b' })],
  ] as const)('is unsupported, with its reason: %s', async (feature, act) => {
    const scripted = broker({ [feature]: reason })
    const { relay } = await relayOn(scripted)
    await expect(act(relay.open(recordingOutlet(), everything))).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(reason),
    })
    expect(scripted.log).toEqual([])
  })
})

it('a key of one user is not that of another, however it is written', async () => {
  const { relay } = await relayOn()
  const ada = relay.open(recordingOutlet(), { user: 'ada', claims: {} })
  const stranger = relay.open(recordingOutlet(), everything)
  for (const key of ['k', 'ada\nk', '["ada","k"]', 'ada,k']) {
    await stranger.publish({ subject: 'a', payload: 'forged', key })
    await ada.publish({ subject: 'a', payload: key, key })
  }
})
