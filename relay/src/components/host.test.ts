import { type BrokerMessage, type Pattern, parsePattern, parseSubject, WildcastError } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import type { Listener } from '../core/broker.js'
import type { Inside } from '../core/inside.js'
import { nobody } from '../core/observer.js'
import { fakeClock } from '../testing/fake-clock.js'
import { Host } from './host.js'
import type { Thread } from './thread.js'

/** A host whose thread and publishes a test decides on. */
function open({
  run,
  publish = async () => {},
  group,
  headers = true,
}: {
  readonly run: Thread['run']
  readonly publish?: Inside['publish']
  readonly group?: string
  readonly headers?: boolean
}) {
  const outcomes: string[] = []
  const errors: string[] = []
  let listener: Listener | undefined
  const inside: Inside = {
    clock: fakeClock(),
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
    concurrency: 1,
    inside,
    thread: { run, reload: async () => {}, close: async () => {} },
    observer: { ...nobody, component: (_, outcome) => outcomes.push(outcome) },
    onError: ({ message }) => errors.push(message),
    triggers: () => true,
  })
  void host.open()
  const deliver = (more: Partial<BrokerMessage> = {}): Promise<boolean> =>
    new Promise((settle) => listener?.deliver({ subject: parseSubject('a'), payload: '', ...more }, settle))
  return { deliver, outcomes, errors }
}

const says =
  (...payloads: string[]): Thread['run'] =>
  async () => ({ outputs: payloads.map((payload) => ({ payload })) })

it('tells of every output that failed, and counts the message once', async () => {
  const { deliver, outcomes, errors } = open({
    run: says('1', '2', '3'),
    publish: async (_, { payload }) => {
      if (payload !== '2') throw new WildcastError('broker_down', `${payload} is lost`)
    },
  })
  expect(await deliver()).toBe(true)
  expect(errors).toEqual(['component "one": 1 is lost', 'component "one": 3 is lost'])
  expect(outcomes).toEqual(['failed'])
})

it('runs a message of a queue again for its thread, and not for what became of its outputs', async () => {
  let runs = 0
  const unlucky = open({
    group: 'g',
    run: async () => {
      runs++
      throw new WildcastError('interrupted', 'it crashed')
    },
  })
  expect(await unlucky.deliver()).toBe(true)
  expect([runs, unlucky.outcomes]).toEqual([3, ['interrupted', 'interrupted', 'interrupted']])
  let published = 0
  const said = open({
    group: 'g',
    run: says('once'),
    publish: async () => {
      published++
      throw new WildcastError('interrupted', 'the link broke')
    },
  })
  expect(await said.deliver()).toBe(true)
  expect([published, said.outcomes]).toEqual([1, ['failed']])
})

it('counts a circle once, with headers and without', async () => {
  const far = { headers: [['wildcast-hops', '16']] as const }
  const counted = open({ run: says('x') })
  expect(await counted.deliver(far)).toBe(true)
  expect(counted.outcomes).toEqual(['looped'])
  const bounded = open({ run: says(...Array.from({ length: 101 }, () => 'x')), headers: false })
  expect(await bounded.deliver()).toBe(true)
  expect([bounded.outcomes, bounded.errors]).toEqual([
    ['looped'],
    ['component "one": its output on "a" would trigger a component too often and was stopped: look for a circle'],
  ])
})
