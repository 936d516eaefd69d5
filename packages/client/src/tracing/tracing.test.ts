import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-web'
import { defineContract, type } from '@wildcast/contract'
import { WildcastError } from '@wildcast/protocol'
import { describe, expect, test } from 'vitest'
import { headersAt, registerSdk, traced } from '../testing/traced.js'
import { values } from '../values.js'
import { traceMessage } from './trace-message.js'

/** The order in which two spans of a message end is not fixed. */
const named = (spans: readonly ReadableSpan[], name: string): ReadableSpan | undefined =>
  spans.find((span) => span.name === name)

describe('a publish', () => {
  test('sends the context of its span, which ends when the broker has the message', async () => {
    const spans = registerSdk()
    const one = await traced()
    const got = await headersAt(one)
    await one.client.publish('good.apple', { price: 3 }, { headers: { kind: 'fruit' } })
    await one.relay.settled()
    const [span] = spans()
    expect(span?.kind).toBe(SpanKind.PRODUCER)
    expect(span?.name).toBe('publish good.apple')
    expect(span?.status.code).toBe(SpanStatusCode.UNSET)
    expect(span?.attributes).toEqual({
      'messaging.system': 'wildcast',
      'messaging.operation.name': 'publish',
      'messaging.operation.type': 'send',
      'messaging.destination.name': 'good.apple',
    })
    const { traceId, spanId } = span?.spanContext() ?? {}
    expect(got).toEqual([
      [
        ['kind', 'fruit'],
        ['traceparent', `00-${traceId}-${spanId}-01`],
      ],
    ])
  })

  test('is a child of the active span', async () => {
    const spans = registerSdk()
    const { client } = await traced()
    const outer = trace.getTracer('app').startSpan('click')
    await context.with(trace.setSpan(context.active(), outer), () => client.publish('a', 1))
    expect(spans()[0]?.parentSpanContext?.spanId).toBe(outer.spanContext().spanId)
  })

  test('that is refused has an error', async () => {
    const spans = registerSdk()
    const { client } = await traced({}, { limits: { payload: 1000 } })
    await expect(client.publish('a', 'x'.repeat(1001))).rejects.toMatchObject({ code: 'too_large' })
    expect(spans()[0]?.status.code).toBe(SpanStatusCode.ERROR)
    expect(spans()[0]?.attributes['error.type']).toBe('too_large')
    expect(spans()[0]?.events).toMatchObject([{ name: 'exception' }])
  })

  test('whose caller gives its own context sends that', async () => {
    registerSdk()
    const one = await traced()
    const got = await headersAt(one)
    await one.client.publish('a', 1, { headers: { Traceparent: 'own' } })
    await one.relay.settled()
    expect(got).toEqual([[['Traceparent', 'own']]])
  })

  test.each([
    ['64 headers', 'x', Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`h${i}`, '']))],
    ['8,192 bytes of headers', 'x', { h: 'x'.repeat(8191) }],
    ['a payload of the limit', 'x'.repeat(10_000), {}],
  ])('with %s is sent without a context', async (_, data, headers) => {
    registerSdk()
    const one = await traced({}, { limits: { payload: 10_000 } })
    const got = await headersAt(one)
    expect(await one.client.publish('a', data, { headers })).toBe('confirmed')
    await one.relay.settled()
    expect(got).toEqual([Object.entries(headers)])
  })

  test('with a contract is named by the key of its entry', async () => {
    const spans = registerSdk()
    const contract = defineContract({
      'room.{room}.msg': { message: type<string>() },
      'lamp.{id}': { value: type<string>() },
      'math.{op}': { request: type<number>(), reply: type<number>() },
    })
    const one = await traced({}, { client: { contract } as object })
    one.client.subscribe('room.{name}.msg', () => {})
    await one.relay.settled()
    await one.client.publish('room.42.msg', 'x')
    await one.relay.settled()
    await values(one.client).set('lamp.1', 'on')
    await one.client.request('math.sum', 1).catch(() => {})
    for (const [operation, template] of [
      ['publish', 'room.{room}.msg'],
      ['process', 'room.{name}.msg'],
      ['set', 'lamp.{id}'],
      ['request', 'math.{op}'],
    ])
      expect(named(spans(), `${operation} ${template}`)?.attributes['messaging.destination.template']).toBe(template)
  })
})

describe('a handler', () => {
  test('runs in a span whose parent is that of the publish', async () => {
    const spans = registerSdk()
    const { client, relay } = await traced()
    const active: (string | undefined)[] = []
    client.subscribe('good.*', () => active.push(trace.getActiveSpan()?.spanContext().spanId))
    await relay.settled()
    await client.publish('good.apple', 3)
    await relay.settled()
    const [sent, handled] = [named(spans(), 'publish good.apple'), named(spans(), 'process good.*')]
    expect(handled).toMatchObject({ name: 'process good.*', kind: SpanKind.CONSUMER, links: [] })
    expect(handled?.parentSpanContext?.spanId).toBe(sent?.spanContext().spanId)
    expect(handled?.spanContext().traceId).toBe(sent?.spanContext().traceId)
    expect(active).toEqual([handled?.spanContext().spanId])
  })

  test.each([
    ['throws', () => Promise.resolve(), true],
    ['rejects', () => Promise.reject(new TypeError('boom')), false],
  ])('that %s has an error in its span, and onError gets it', async (_, settle, throws) => {
    const spans = registerSdk()
    const { client, relay, errors } = await traced()
    client.subscribe('a', () => {
      if (throws) throw new TypeError('boom')
      return settle()
    })
    await relay.settled()
    await client.publish('a', 1)
    await relay.settled()
    expect(named(spans(), 'process a')).toMatchObject({ status: { code: SpanStatusCode.ERROR, message: 'boom' } })
    expect(errors).toMatchObject([{ stage: 'handler', message: 'boom' }])
  })

  test('of a message without a context has no span', async () => {
    const spans = registerSdk()
    const { client, relay } = await traced()
    const got: unknown[] = []
    client.subscribe('a', ({ data }) => got.push(data))
    await relay.settled()
    await relay.createClient().publish('a', 1)
    await relay.createClient().publish('a', 2, { headers: { traceparent: 'nonsense', x: '1' } })
    await relay.settled()
    expect(got).toEqual([1, 2])
    expect(spans()).toEqual([])
  })

  test('of a value that was there before has no span, and a loop links to the sender', async () => {
    const spans = registerSdk()
    const { client, relay } = await traced()
    await values(client).set('lamp', 'on')
    client.subscribe('lamp', () => {}, { retained: true })
    for await (const message of client.subscribe('lamp', { retained: true })) {
      traceMessage(message, () => {})
      break
    }
    await relay.settled()
    const [set, process, ...others] = spans()
    expect(set?.name).toBe('set lamp')
    expect(process?.links[0]?.context.spanId).toBe(set?.spanContext().spanId)
    expect(process?.parentSpanContext).toBeUndefined()
    expect(others).toEqual([])
  })

  test('of a loop is traced by traceMessage', async () => {
    const spans = registerSdk()
    const { client, relay } = await traced()
    const loop = client.subscribe('room.*')
    await loop.ready
    await client.publish('room.1', 1)
    for await (const message of loop) {
      const result = traceMessage(message, async (span) => span.spanContext().spanId)
      expect(await result).toBe(spans()[1]?.spanContext().spanId)
      break
    }
    await relay.settled()
    expect(spans().map(({ name }) => name)).toEqual(['publish room.1', 'process room.*'])
    expect(spans()[1]?.parentSpanContext?.spanId).toBe(spans()[0]?.spanContext().spanId)
  })
})

describe('a request', () => {
  test('is one trace from the requester to the handler', async () => {
    const spans = registerSdk()
    const { client } = await traced()
    const active: (string | undefined)[] = []
    client.serve('sum', async () => {
      active.push(trace.getActiveSpan()?.spanContext().spanId)
      return 3
    })
    expect((await client.request('sum', [1, 2])).data).toBe(3)
    const [served, asked] = [named(spans(), 'serve sum'), named(spans(), 'request sum')]
    expect([served?.kind, asked?.kind]).toEqual([SpanKind.SERVER, SpanKind.CLIENT])
    expect(served?.parentSpanContext?.spanId).toBe(asked?.spanContext().spanId)
    expect(active).toEqual([served?.spanContext().spanId])
  })

  test('that fails has an error on both sides', async () => {
    const spans = registerSdk()
    const { client } = await traced()
    client.serve('sum', () => {
      throw new WildcastError('forbidden', 'not you')
    })
    await expect(client.request('sum')).rejects.toThrow('not you')
    for (const name of ['serve sum', 'request sum'])
      expect(named(spans(), name)?.attributes['error.type']).toBe('forbidden')
  })

  test('that is given up ends, and parts are traced once', async () => {
    const spans = registerSdk()
    const { client } = await traced()
    client.serve('parts', async function* () {
      yield trace.getActiveSpan() !== undefined
      return trace.getActiveSpan() !== undefined
    })
    const parts: unknown[] = []
    const last = await client.request('parts', '', { onPart: ({ data }) => void parts.push(data) })
    expect([...parts, last.data]).toEqual([true, true])
    const controller = new AbortController()
    client.subscribe('never', () => {})
    const given = client.request('parts', '', { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(given).rejects.toThrow('enough')
    expect(spans().filter(({ name }) => name === 'request parts')).toMatchObject([
      { status: { code: SpanStatusCode.UNSET } },
      { attributes: { 'error.type': 'interrupted' } },
    ])
  })
})

test('a write with a will is one span, which ends with its confirmation', async () => {
  const spans = registerSdk()
  const { client } = await traced()
  await values(client).set('lamp', 'on', { will: null })
  expect(spans()).toMatchObject([{ name: 'set lamp', status: { code: SpanStatusCode.UNSET } }])
})
