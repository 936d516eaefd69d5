import { context, propagation, trace } from '@opentelemetry/api'
import {
  AlwaysOffSampler,
  ParentBasedSampler,
  SimpleSpanProcessor,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-web'
import { expect, test, vi } from 'vitest'
import { headersAt, registerSdk, traced } from '../testing/traced.js'

const traceparent = /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/

test('a trace that is not sampled stays so, and its flag is sent', async () => {
  const spans = registerSdk({ sampler: new ParentBasedSampler({ root: new AlwaysOffSampler() }) })
  const one = await traced()
  const got = await headersAt(one)
  one.client.subscribe('a', () => expect(trace.getActiveSpan()?.isRecording()).toBe(false))
  await one.relay.settled()
  await one.client.publish('a', 1)
  await one.relay.settled()
  expect(got[0]?.[0]?.[1]).toMatch(/-00$/)
  expect(spans()).toEqual([])
})

test('without an SDK nothing is added, and messages arrive', async () => {
  const one = await traced()
  const got = await headersAt(one)
  const handled: unknown[] = []
  one.client.subscribe('a', ({ data }) => handled.push(data))
  one.client.serve('sum', () => 3)
  await one.relay.settled()
  await one.client.publish('a', 1)
  expect((await one.client.request('sum')).data).toBe(3)
  await one.relay.settled()
  expect(handled).toEqual([1])
  expect(got[0]).toEqual([])
})

test('baggage is sent only if it is asked for', async () => {
  registerSdk()
  const withBaggage = propagation.setBaggage(context.active(), propagation.createBaggage({ user: { value: 'ada' } }))
  for (const baggage of [false, true]) {
    const one = await traced({ baggage })
    const got = await headersAt(one)
    await context.with(withBaggage, () => one.client.publish('a', 1))
    await one.relay.settled()
    expect(got[0]?.map(([name]) => name)).toEqual(baggage ? ['traceparent', 'baggage'] : ['traceparent'])
    expect(got[0]?.find(([name]) => name === 'traceparent')?.[1]).toMatch(traceparent)
  }
})

test('a collector that is down loses no message', async () => {
  const failures: unknown[] = []
  const exporter: SpanExporter = {
    export(_, done) {
      fetch('http://127.0.0.1:9/v1/traces', { method: 'POST' }).catch((error) => {
        failures.push(error)
        done({ code: 1, error }) // failed
      })
    },
    shutdown: async () => {},
  }
  registerSdk({ processors: [new SimpleSpanProcessor(exporter)] })
  const { client, relay, errors } = await traced()
  const got: unknown[] = []
  client.subscribe('a', ({ data }) => got.push(data))
  await relay.settled()
  for (let i = 0; i < 50; i++) expect(await client.publish('a', i)).toBe('confirmed')
  await relay.settled()
  expect(got).toHaveLength(50)
  expect(errors).toEqual([])
  await vi.waitFor(() => expect(failures.length).toBeGreaterThan(0))
})

test('an SDK that throws is reported once, and loses no message', async () => {
  const broken = (): never => {
    throw new Error('broken SDK')
  }
  const done = async (): Promise<void> => {}
  registerSdk({ processors: [{ onStart: broken, onEnd: broken, forceFlush: done, shutdown: done }] })
  const { client, relay, errors } = await traced()
  const got: unknown[] = []
  client.subscribe('a', ({ data }) => got.push(data))
  await relay.settled()
  for (let i = 0; i < 3; i++) expect(await client.publish('a', i)).toBe('confirmed')
  await relay.settled()
  expect(got).toEqual([0, 1, 2])
  expect(errors).toEqual([{ code: 'internal', stage: 'tracing', message: expect.stringContaining('broken SDK') }])
})
