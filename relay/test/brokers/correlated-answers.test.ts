import type { MessageFrame } from '@wildcast/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import { everything } from '../../src/core/access/identity.js'
import { createRelay, type Relay } from '../../src/core/relay.js'
import { newId } from '../../src/node/new-id.js'
import { openBroker } from '../../src/node/open-broker.js'
import { type PlainOutlet, plainOutlet } from '../../src/testing/plain-outlet.js'
import { type RecordingOutlet, recordingOutlet } from '../../src/testing/recording-outlet.js'
import { subscribe } from '../../src/testing/scripted-relay.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { kinds } from './kinds.js'

// Questions between an MQTT client at one relay, which has an outlet without an encoder, and a page
// at another.

async function start(name: 'nats' | 'mqtt') {
  const kind = kinds[name]
  const server = endsWithTest(await kind.start())
  const open = async (): Promise<Relay> => {
    const relay = await createRelay({
      brokers: { main: openBroker(kind.settings(server.port, 5000)) },
      newId,
      onError: () => {},
    })
    onTestFinished(() => relay.close())
    return relay
  }
  const [devices, pages] = [await open(), await open()]
  const [device, page] = [plainOutlet(), recordingOutlet()]
  return { device, page, ofDevice: devices.open(device, everything), ofPage: pages.open(page, everything) }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (payload: unknown): string => Buffer.from(payload as Uint8Array).toString()

async function received({ parcels }: PlainOutlet, count: number) {
  await expect.poll(() => parcels.length).toBe(count)
  return parcels.map(({ message }) => message)
}

async function shown({ frames }: RecordingOutlet, count: number): Promise<MessageFrame[]> {
  await expect.poll(() => frames.length).toBe(count)
  return frames as MessageFrame[]
}

describe.each(['nats', 'mqtt'] as const)('on %s', (name) => {
  it.each([{ serve: true }, {}])('a page answers the questions of a device: %j', async (how) => {
    const { device, page, ofDevice, ofPage } = await start(name)
    await subscribe(ofDevice, 'dev.reply')
    await subscribe(ofPage, 'sum', how)
    for (const data of ['first', 'second']) {
      const facts = { beside: { correlation: bytes(data), contentType: 'text/plain' } }
      await ofDevice.publish({ subject: 'sum', payload: data, responseSubject: 'dev.reply', facts })
    }
    for (const { response_subject: subject = '', message } of (await shown(page, 2)).toReversed())
      await ofPage.publish({ subject, payload: `of ${text(message)}` })
    const answers = await received(device, 2)
    expect(answers.map((answer) => [text(answer?.payload), text(answer?.beside?.correlation)])).toEqual([
      ['of second', 'second'],
      ['of first', 'first'],
    ])
  })

  it('a device answers the request of a page', async () => {
    const { device, ofDevice, ofPage } = await start(name)
    await subscribe(ofDevice, 'sum', { answers: true })
    const answered = ofPage.request({ subject: 'sum', payload: '1+2' }, {})
    const [question] = await received(device, 1)
    await ofDevice.publish({ subject: question?.responseSubject ?? '', payload: '3' })
    expect(text((await answered).payload)).toBe('3')
  })
})
