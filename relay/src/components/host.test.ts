import { type BrokerMessage, type Pattern, parsePattern, parseSubject, WildcastError } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import type { RuleSource } from '../core/access/grants.js'
import type { Listener } from '../core/broker.js'
import type { Inside } from '../core/inside.js'
import { nobody } from '../core/observer.js'
import { fakeClock } from '../testing/fake-clock.js'
import { Host } from './host.js'
import type { Thread } from './thread.js'

/** A host with a scripted thread and scripted publishes. */
function open({
  run,
  publish = async () => {},
  group,
  headers = true,
  role,
}: {
  readonly run: Thread['run']
  readonly publish?: Inside['publish']
  readonly group?: string
  readonly headers?: boolean
  readonly role?: RuleSource
}) {
  const outcomes: string[] = []
  const errors: string[] = []
  let listener: Listener | undefined
  const inside: Inside = {
    clock: fakeClock(),
    brokers: () => ['main'],
    can: () => headers,
    publish,
    async listen(_, __, listening) {
      listener = listening
      return async () => {}
    },
  }
  const host = new Host({
    id: 'one',
    broker: 'main',
    interest: { pattern: parsePattern('a') as Pattern, group },
    result: {},
    role,
    concurrency: 1,
    inside,
    thread: { run, reload: async () => {}, close: async () => {} },
    observer: { ...nobody, component: (_, outcome) => outcomes.push(outcome) },
    onError: ({ message }, { trace }) => errors.push(trace === undefined ? message : `${message} [${trace}]`),
    triggers: () => true,
  })
  void host.open()
  const deliver = (more: Partial<BrokerMessage> = {}): Promise<boolean> =>
    new Promise((settle) => listener?.deliver({ subject: parseSubject('a'), payload: '', ...more }, settle))
  return { deliver, outcomes, errors }
}

const outputs =
  (...payloads: string[]): Thread['run'] =>
  async () => ({ outputs: payloads.map((payload) => ({ payload })) })

it('continues the trace of its message, which its errors name', async () => {
  const published: unknown[] = []
  const { deliver, errors } = open({
    run: outputs('1', '2'),
    async publish(_, { payload, headers }) {
      if (payload === '2') throw new WildcastError('broker_down', 'lost')
      published.push(headers)
    },
  })
  const parent = ['traceparent', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`] as const
  await deliver({ headers: [['kind', 'x'], parent] })
  expect(published).toEqual([[['wildcast-hops', '1'], parent]])
  expect(errors).toEqual([`component "one": lost [${'a'.repeat(32)}]`])
})

it('reports every output that failed, and counts the message once', async () => {
  const { deliver, outcomes, errors } = open({
    run: outputs('1', '2', '3'),
    publish: async (_, { payload }) => {
      if (payload !== '2') throw new WildcastError('broker_down', `${payload} is lost`)
    },
  })
  expect(await deliver()).toBe(true)
  expect(errors).toEqual(['component "one": 1 is lost', 'component "one": 3 is lost'])
  expect(outcomes).toEqual(['failed'])
})

it('runs a message of a queue again if its thread ended, but not if its outputs failed', async () => {
  let runs = 0
  const crashing = open({
    group: 'g',
    run: async () => {
      runs++
      throw new WildcastError('interrupted', 'it crashed')
    },
  })
  expect(await crashing.deliver()).toBe(true)
  expect({ runs, outcomes: crashing.outcomes }).toEqual({ runs: 3, outcomes: Array(3).fill('interrupted') })
  let published = 0
  const failing = open({
    group: 'g',
    run: outputs('once'),
    publish: async () => {
      published++
      throw new WildcastError('interrupted', 'the link broke')
    },
  })
  expect(await failing.deliver()).toBe(true)
  expect({ published, outcomes: failing.outcomes }).toEqual({ published: 1, outcomes: ['failed'] })
})

it('counts a circle once, with headers and without', async () => {
  const far = { headers: [['wildcast-hops', '16']] as const }
  const counted = open({ run: outputs('x') })
  expect(await counted.deliver(far)).toBe(true)
  expect(counted.outcomes).toEqual(['looped'])
  const bounded = open({ run: outputs(...Array.from({ length: 101 }, () => 'x')), headers: false })
  expect(await bounded.deliver()).toBe(true)
  expect(bounded.outcomes).toEqual(['looped'])
  expect(bounded.errors).toEqual([
    'component "one": its output on "a" would trigger a component too often and was stopped: look for a circle',
  ])
})

it('refuses outputs that the role of the component does not allow', async () => {
  const sent: string[] = []
  const { deliver, outcomes, errors } = open({
    run: async () => ({
      outputs: [
        { payload: '', subject: 'good.apple' },
        { payload: '', subject: 'bad.apple' },
        { payload: '', subject: 'good.secret' },
        { payload: '', subject: 'good.apple', broker: 'other' },
      ],
    }),
    publish: async (broker, { subject }) => void sent.push(`${broker}:${subject}`),
    role: { name: 'role "worker"', rules: { publish: ['main:good.*'], deny: { publish: ['good.secret'] } } },
  })
  expect(await deliver()).toBe(true)
  expect(sent).toEqual(['main:good.apple'])
  expect(errors).toEqual([
    'component "one": its output on "bad.apple" was refused: no publish rule of role "worker" covers it; add ' +
      'publish = ["main:bad.apple"]',
    'component "one": its output on "good.secret" was refused: deny.publish "good.secret" of role "worker" forbids it',
    'component "one": its output on "good.apple" was refused: no publish rule of role "worker" covers it; add ' +
      'publish = ["other:good.apple"]',
  ])
  expect(outcomes).toEqual(['failed'])
})

it('allows answers on subjects that a relay or broker has made, whatever the role', async () => {
  const sent: string[] = []
  const { deliver, errors } = open({
    run: outputs('answer'),
    publish: async (_, { subject }) => void sent.push(subject),
    role: { name: 'role "worker"', rules: {} },
  })
  const id = '01ARZ3NDEKTSV4RRFFQ69G5FAV'
  await deliver({ subject: parseSubject(`request.${id}.GET.a`) })
  await deliver({ responseSubject: parseSubject('_INBOX.abc') })
  await deliver({ responseSubject: parseSubject('orders.new') })
  expect(sent).toEqual([`response.${id}.GET.a`, '_INBOX.abc'])
  expect(errors).toEqual([expect.stringContaining('its output on "orders.new" was refused')])
})
