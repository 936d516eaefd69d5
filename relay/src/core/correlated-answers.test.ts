import type { MessageFrame } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { memory } from '../brokers/memory.js'
import { fakeClock } from '../testing/fake-clock.js'
import { type PlainOutlet, plainOutlet } from '../testing/plain-outlet.js'
import { type RecordingOutlet, recordingOutlet } from '../testing/recording-outlet.js'
import { settled } from '../testing/scripted-link.js'
import { relayOn, subscribe } from '../testing/scripted-relay.js'
import { Grants } from './access/grants.js'
import { everything, type Identity } from './access/identity.js'
import type { PublishCommand } from './commands.js'
import type { Session } from './session.js'

interface Device {
  readonly session: Session
  readonly outlet: PlainOutlet
  /** Publishes a question whose answer is to carry the correlation data. */
  asks(payload: string, correlation: string, more?: Partial<PublishCommand>): Promise<unknown>
  /** The payloads that it has received, with their correlation data. */
  received(): (readonly [unknown, string])[]
}

interface Page {
  readonly session: Session
  readonly outlet: RecordingOutlet
  /** The last message that it has received. */
  last(): MessageFrame
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

async function start() {
  const clock = fakeClock()
  let id = 0
  const { relay } = await relayOn(undefined, { clock, brokers: { main: memory({ clock, newId: () => `m${++id}` }) } })
  const device = async (): Promise<Device> => {
    const outlet = plainOutlet()
    const session = relay.open(outlet, everything)
    await subscribe(session, 'dev.reply')
    return {
      session,
      outlet,
      asks: async (payload, correlation, more) =>
        session.publish({
          subject: 'sum',
          payload,
          responseSubject: 'dev.reply',
          facts: { beside: { correlation: bytes(correlation) } },
          ...more,
        }),
      received: () =>
        outlet.parcels.map(({ message }) => [
          message?.payload,
          new TextDecoder().decode(message?.beside?.correlation ?? bytes('none')),
        ]),
    }
  }
  const page = (identity: Identity = everything): Page => {
    const outlet = recordingOutlet()
    return { session: relay.open(outlet, identity), outlet, last: () => outlet.frames.at(-1) as MessageFrame }
  }
  return { relay, device, page }
}

const answer = ({ session }: Page, { response_subject: subject = '' }: MessageFrame, payload: string) =>
  session.publish({ subject, payload })

describe('a question with correlation data', () => {
  it.each([{ serve: true }, {}, { group: 'workers' }])('of a device is answered by a page: %j', async (how) => {
    const { device, page } = await start()
    const [one, responder] = [await device(), page()]
    await subscribe(responder.session, 'sum', how)
    await one.asks('1+2', 'first')
    const first = responder.last()
    await one.asks('3+4', 'second')
    await answer(responder, responder.last(), '7')
    await answer(responder, first, '3')
    expect(one.received()).toEqual([
      ['7', 'second'],
      ['3', 'first'],
    ])
  })

  it('does not show them to the page', async () => {
    const { device, page } = await start()
    const [one, responder] = [await device(), page()]
    await subscribe(responder.session, 'sum', { serve: true })
    await one.asks('1+2', 'secret')
    expect(responder.last()).toMatchObject({ kind: 'Message', subject: 'sum', message: '1+2' })
    expect(JSON.stringify(responder.last())).not.toMatch(/secret|dev\.reply|beside/)
  })

  it('reaches another device with its own response subject and data, as one object for all', async () => {
    const { device, page } = await start()
    const [one, other, watcher] = [await device(), await device(), page()]
    await subscribe(watcher.session, 'sum')
    for (const subject of ['sum', '*']) await subscribe(other.session, subject)
    await one.asks('1+2', 'first')
    const [message, second] = other.outlet.parcels.map(({ message }) => message)
    expect(message).toMatchObject({ responseSubject: 'dev.reply', beside: { correlation: bytes('first') } })
    expect(second).toBe(message)
  })

  it('is answered in parts', async () => {
    const { device, page } = await start()
    const [one, responder] = [await device(), page()]
    await subscribe(responder.session, 'sum', { serve: true })
    await one.asks('1+2', 'first')
    const subject = responder.last().response_subject ?? ''
    await responder.session.publish({ subject, payload: 'part', more: true })
    await responder.session.publish({ subject, payload: 'end' })
    expect(one.received()).toEqual([
      ['part', 'first'],
      ['end', 'first'],
    ])
  })

  it('is not answered by a page that has not received it', async () => {
    const { device, page } = await start()
    const [one, responder, stranger] = [await device(), page(), page()]
    await subscribe(responder.session, 'sum', { serve: true })
    await one.asks('1+2', 'first')
    await expect(answer(stranger, responder.last(), '4')).rejects.toMatchObject({ code: 'forbidden' })
    expect(one.received()).toEqual([])
  })

  it('is answered only by a page that may publish on the response subject', async () => {
    const { device, page } = await start()
    for (const isAllowed of [false, true]) {
      const rules = { serve: ['sum'], publish: isAllowed ? ['dev.*'] : [] }
      const responder = page({ claims: {}, grants: new Grants([{ name: 'role "test"', rules }], {}) })
      const one = await device()
      const { id } = await subscribe(responder.session, 'sum', { serve: true })
      await one.asks('1+2', 'first')
      const answered = answer(responder, responder.last(), '3')
      if (isAllowed) await answered
      else await expect(answered).rejects.toMatchObject({ code: 'forbidden' })
      expect(one.received()).toEqual(isAllowed ? [['3', 'first']] : [])
      responder.session.unsubscribe(id)
    }
  })

  it('has no more bytes of them than headers may have', async () => {
    const { device } = await start()
    const one = await device()
    await one.asks('1+2', 'x'.repeat(8192))
    await expect(one.asks('1+2', 'x'.repeat(8193))).rejects.toMatchObject({ code: 'too_large' })
  })
})

describe('a request of a page', () => {
  const answersTo = async ({ session, outlet }: Device, payload: string): Promise<void> => {
    const { responseSubject = '' } = outlet.parcels.at(-1)?.message ?? {}
    await session.publish({ subject: responseSubject, payload })
  }

  it.each([{}, { group: 'workers' }])('is answered by a device that answers: %j', async (how) => {
    const { device, page } = await start()
    const [one, requester] = [await device(), page()]
    await subscribe(one.session, 'sum', { ...how, answers: true })
    const answered = requester.session.request({ subject: 'sum', payload: '1+2' }, {})
    await answersTo(one, '3')
    expect(await answered).toMatchObject({ payload: '3' })
  })

  it('goes to its responder instead, if it has one', async () => {
    const { device, page } = await start()
    const [one, requester, responder] = [await device(), page(), page()]
    await subscribe(one.session, 'sum', { answers: true })
    await subscribe(responder.session, 'sum', { serve: true })
    const answered = requester.session.request({ subject: 'sum', payload: '1+2' }, {})
    await answer(responder, responder.last(), '3')
    expect(await answered).toMatchObject({ payload: '3' })
    expect(one.outlet.parcels).toEqual([])
  })

  it('goes to one member of each group', async () => {
    const { device, page } = await start()
    const devices = [await device(), await device()] as const
    for (const { session } of devices) await subscribe(session, 'sum', { group: 'workers', answers: true })
    void page()
      .session.request({ subject: 'sum', payload: '1+2' }, {})
      .catch(() => {})
    expect(devices.flatMap(({ outlet }) => outlet.parcels)).toHaveLength(1)
  })

  it.each([
    ['only subscribes', 'sum', {}],
    ['answers to a pattern', '*', { answers: true }],
  ])('goes to no device that %s', async (_, subject, how) => {
    const { device, page } = await start()
    await subscribe((await device()).session, subject, how)
    await expect(page().session.request({ subject: 'sum', payload: '' }, {})).rejects.toMatchObject({
      code: 'no_responders',
    })
  })

  it.each([{}, { group: 'workers' }])('has no responder when the device has unsubscribed: %j', async (how) => {
    const { device, page } = await start()
    const one = await device()
    const { id } = await subscribe(one.session, 'sum', { ...how, answers: true })
    one.session.unsubscribe(id)
    await settled()
    await expect(page().session.request({ subject: 'sum', payload: '' }, {})).rejects.toMatchObject({
      code: 'no_responders',
    })
  })
})
