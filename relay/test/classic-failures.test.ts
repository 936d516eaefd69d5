import { encode } from '@msgpack/msgpack'
import { type ErrorCode, WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import type { OpenBroker } from '../src/core/broker.js'
import { http, memory, newId, realClock, websocket } from '../src/index.js'
import { openMonitoring } from '../src/node/monitoring.js'
import { connect } from './socket.js'
import { type StartedRelay, startRelay } from './start-relay.js'

const inMemory = memory({ clock: realClock, newId })

/** A broker that rejects publishes on `bad.…`, later or at once. */
function refusing(code: ErrorCode, how: 'later' | 'at once'): OpenBroker {
  return async (events) => {
    const broker = await inMemory(events)
    const publish = broker.publish.bind(broker)
    broker.publish = (message) => {
      if (!message.subject.startsWith('bad.')) return publish(message)
      const error = new WildcastError(code, 'the broker refuses it')
      if (how === 'at once') throw error
      return Promise.reject(error)
    }
    return broker
  }
}

interface Started {
  readonly relay: StartedRelay
  /** The counter of failed publishes, as lines of `/metrics`. */
  counted(): Promise<string>
}

async function start(options: Parameters<typeof startRelay>[0] = {}): Promise<Started> {
  const monitoring = openMonitoring()
  const { observer } = monitoring.relay
  const relay = await startRelay({
    gateways: [monitoring.gateway, http, websocket({ mode: 'json' })],
    observer,
    ...options,
  })
  const counted = async (): Promise<string> =>
    (await (await fetch(`http://${relay.address}/metrics`)).text())
      .split('\n')
      .filter((line) => line.startsWith('wildcast_publish_failures_total{'))
      .join('\n')
  return { relay, counted }
}

/**
 * Publishes these frames, then a valid one: then the former have succeeded or failed, and the
 * connection is open.
 */
async function publishes(relay: StartedRelay, ...frames: (string | Uint8Array)[]): Promise<void> {
  const socket = await connect(`ws://${relay.address}/ws`)
  socket.send('{"Subscribe":"good.*"}')
  for (const frame of frames) socket.send(frame)
  socket.send('{"Publish":{"message":[1],"subject":"good.last"}}')
  expect(await socket.json()).toMatchObject({ subject: 'good.last' })
}

const bad = '{"Publish":{"message":[1],"subject":"bad.x"}}'

describe('a classic publish that fails is logged and counted, and its connection stays open', () => {
  const codes: ErrorCode[] = [
    'broker_down',
    'forbidden',
    'too_large',
    'unsupported',
    'rate_limited',
    'internal',
    'timeout',
  ]

  it.each(codes)('when the broker answers %s', async (code) => {
    const { relay, counted } = await start({ brokers: { test: refusing(code, 'later') } })
    await publishes(relay, bad)
    await expect.poll(() => relay.errors.join()).toContain(`"code":"${code}"`)
    expect(await counted()).toBe(`wildcast_publish_failures_total{broker="test",code="${code}"} 1`)
  })

  it('when the broker rejects it at once', async () => {
    const { relay, counted } = await start({ brokers: { test: refusing('forbidden', 'at once') } })
    await publishes(relay, bad)
    expect(relay.errors.join()).toContain('"code":"forbidden"')
    expect(await counted()).toBe('wildcast_publish_failures_total{broker="test",code="forbidden"} 1')
  })

  it.each([
    ['a reserved subject', '{"Publish":{"message":[1],"subject":"_a.b"}}', 'forbidden'],
    ['the same in MessagePack', encode({ Publish: [[1], '$SYS.a', null, null] }), 'forbidden'],
    ['a payload past the limit', '{"Publish":{"message":"12345678901","subject":"a"}}', 'too_large'],
    ['a reserved response subject', '{"Publish":{"message":[1],"subject":"a","response_subject":"_a"}}', 'forbidden'],
  ])('when the relay rejects it: %s', async (_, frame, code) => {
    const { relay, counted } = await start({ limits: { payload: 10 } })
    await publishes(relay, frame)
    expect(relay.errors.join()).toContain(`"code":"${code}"`)
    expect(await counted()).toBe(`wildcast_publish_failures_total{broker="test",code="${code}"} 1`)
  })

  it('when the broker supports no response subject', async () => {
    const plain: OpenBroker = async (events) => {
      const broker = await inMemory(events)
      return {
        ...broker,
        features: { ...broker.features, response_subject: 'it has none' },
        values: broker.values,
        publish: (message) => broker.publish(message),
        subscribe: (...wanted) => broker.subscribe(...wanted),
        close: () => broker.close(),
      }
    }
    const { relay, counted } = await start({ brokers: { test: plain } })
    await publishes(relay, '{"Publish":{"message":[1],"subject":"a","response_subject":"b"}}')
    expect(relay.errors.join()).toContain('"code":"unsupported"')
    expect(await counted()).toBe('wildcast_publish_failures_total{broker="test",code="unsupported"} 1')
  })

  it('when a permission is missing', async () => {
    const { relay, counted } = await start({
      authorize: ({ kind, subject }) => kind !== 'publish' || subject !== 'bad.x',
    })
    await publishes(relay, bad, bad)
    expect(relay.errors).toHaveLength(2)
    expect(await counted()).toBe('wildcast_publish_failures_total{broker="test",code="forbidden"} 2')
  })
})

describe('an invalid classic frame', () => {
  it.each([
    ['an invalid subject', '{"Publish":{"message":[1],"subject":"a b"}}'],
    ['a wildcard', '{"Publish":{"message":[1],"subject":"a.*"}}'],
    ['an invalid response subject', '{"Publish":{"message":[1],"subject":"a","response_subject":"a..b"}}'],
    ['an unknown broker', '{"Publish":{"message":[1],"subject":"a","broker":"x"}}'],
  ])('still closes 4400: %s', async (_, frame) => {
    const { relay } = await start()
    const socket = await connect(`ws://${relay.address}/ws`)
    socket.send(frame)
    expect(await socket.closed).toMatchObject({ code: 4400 })
  })
})

it('a rejected publish of v1 and of HTTP is counted, too', async () => {
  const { relay, counted } = await start()
  const socket = await connect(`ws://${relay.address}/ws`, 'wildcast.v1+json')
  socket.send('{"Publish":{"ref":1,"subject":"_a","message":""}}')
  expect(await socket.json()).toMatchObject({ Error: { code: 'forbidden' } })
  expect((await fetch(`http://${relay.address}/publish/_a`, { method: 'POST' })).status).toBe(403)
  expect(await counted()).toBe('wildcast_publish_failures_total{broker="test",code="forbidden"} 2')
})
