import { type BrokerMessage, parsePattern, parseSubject, payloadText, WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { memory } from '../brokers/memory.js'
import { fakeClock } from '../testing/fake-clock.js'
import { recordingOutlet } from '../testing/recording-outlet.js'
import { scriptedBroker } from '../testing/scripted-broker.js'
import { everything } from './access/identity.js'
import type { Bridge } from './bridge.js'
import type { Feature, OpenBroker } from './broker.js'
import { nobody } from './observer.js'
import { createRelay, type Relay, type RelayOptions } from './relay.js'

const bridge = (from: string, pattern: string, to: string, group?: string): Bridge => ({
  from: { broker: from, pattern: parsePattern(pattern) },
  to,
  group,
})

let id = 0
const newId = (): string => `id${++id}`
const clock = fakeClock()
const inMemory = memory({ clock, newId })

async function relayWith(
  bridges: readonly Bridge[],
  brokers: RelayOptions['brokers'] = { main: inMemory, sensors: inMemory, archive: inMemory },
): Promise<{ relay: Relay; log: string[] }> {
  const log: string[] = []
  const relay = await createRelay({
    brokers,
    bridges,
    clock,
    newId,
    onError: ({ code }, { stage, broker }) => log.push(`${stage} ${broker} ${code}`),
    observer: {
      ...nobody,
      dropped: (broker, why) => log.push(`${broker} dropped ${why}`),
    },
  })
  return { relay, log }
}

/** Collects what all brokers deliver, as `broker subject payload`. */
async function listenEverywhere(relay: Relay): Promise<() => string[]> {
  const outlet = recordingOutlet()
  const session = relay.open(outlet, everything)
  for (const { name } of relay.brokers()) await session.subscribe({ subject: '**', broker: name }, () => {})
  return () =>
    outlet.frames.flatMap((frame) =>
      frame.kind === 'Message' ? [`${frame.broker} ${frame.subject} ${payloadText(frame.message)}`] : [],
    )
}

const publish = async (relay: Relay, broker: string, subject: string): Promise<unknown> =>
  relay.open(recordingOutlet(), everything).publish({ broker, subject, payload: 'x' })

describe('a bridge', () => {
  it('copies what its pattern matches to another broker, under the same subject', async () => {
    const { relay } = await relayWith([bridge('sensors', 'temp.**', 'main')])
    const seen = await listenEverywhere(relay)
    await publish(relay, 'sensors', 'temp.kitchen')
    await publish(relay, 'sensors', 'humidity.kitchen')
    await publish(relay, 'main', 'temp.cellar')
    expect(seen().sort()).toEqual([
      'main temp.cellar x',
      'main temp.kitchen x',
      'sensors humidity.kitchen x',
      'sensors temp.kitchen x',
    ])
  })

  it('never copies a message back to a broker that it comes from', async () => {
    const circle = [
      bridge('main', '**', 'sensors'),
      bridge('sensors', '**', 'archive'),
      bridge('archive', '**', 'main'),
    ]
    const { relay, log } = await relayWith(circle)
    const seen = await listenEverywhere(relay)
    await publish(relay, 'sensors', 'a')
    expect({ seen: seen().sort(), log }).toEqual({
      seen: ['archive a x', 'main a x', 'sensors a x'],
      log: ['sensors dropped looped'],
    })
  })

  it('copies headers, but not a reply address', async () => {
    const headers = [
      ['trace', '1'],
      ['trace', '2'],
    ] as const
    const { relay } = await relayWith([bridge('sensors', 'a', 'main')])
    const outlet = recordingOutlet()
    await relay.open(outlet, everything).subscribe({ subject: 'a', broker: 'main' }, () => {})
    await relay.open(recordingOutlet(), everything).publish({
      subject: 'a',
      broker: 'sensors',
      payload: 'x',
      responseSubject: 'answer',
      headers,
    })
    expect(outlet.frames).toMatchObject([
      {
        response_subject: undefined,
        headers: [...headers, ['wildcast-path', 'sensors']],
      },
    ])
  })

  it('reads every path header of a message, and writes one', async () => {
    const { relay, log } = await relayWith([bridge('sensors', 'a', 'main'), bridge('sensors', 'a', 'archive')])
    const outlet = recordingOutlet()
    for (const broker of ['main', 'archive'])
      await relay.open(outlet, everything).subscribe({ subject: 'a', broker }, () => {})
    const headers = [
      ['wildcast-path', 'main,x'],
      ['trace', '1'],
      ['wildcast-path', 'y'],
    ] as const
    await relay.inside.publish('sensors', { subject: parseSubject('a'), payload: '', headers })
    expect(log).toEqual(['main dropped looped'])
    expect(outlet.frames).toMatchObject([
      { broker: 'archive', headers: [headers[1], ['wildcast-path', 'main,x,y,sensors']] },
    ])
  })

  it('continues when a copy fails, reports it, and hands a message of a group back', async () => {
    const sensors = scriptedBroker()
    const down = { ...scriptedBroker(), open: failingBroker }
    const { relay, log } = await relayWith([bridge('sensors', 'a.*', 'main', 'bridge')], {
      main: down.open,
      sensors: sensors.open,
    })
    const settled: boolean[] = []
    for (const subject of ['a.1', 'a.2'])
      sensors.deliver('a.*', { subject: parseSubject(subject), payload: '' }, (taken) => settled.push(taken))
    await expect.poll(() => settled).toEqual([false, false])
    expect(log).toEqual(['bridge main broker_down', 'bridge main broker_down'])
    await relay.close()
  })

  it('that its broker refuses is reported, and the others continue', async () => {
    const sensors = scriptedBroker()
    sensors.hold()
    const { log } = await relayWith([bridge('sensors', 'secret', 'main')], { main: inMemory, sensors: sensors.open })
    sensors.refuse(new WildcastError('forbidden', 'no'))
    await expect.poll(() => log).toEqual(['bridge sensors forbidden'])
  })
})

describe('a bridge whose broker supports less than expected when it is reached', () => {
  const learning = (feature: Feature) => {
    const scripted = scriptedBroker()
    const can = { reached: false }
    const open: OpenBroker = async (events) => {
      const broker = await scripted.open(events)
      return Object.defineProperty({ ...broker }, 'features', {
        get: () => ({ ...broker.features, [feature]: can.reached ? 'it has no support' : true }),
      })
    }
    return { ...scripted, open, can }
  }

  it('copies without a group', async () => {
    const sensors = learning('queue')
    sensors.hold()
    const { relay, log } = await relayWith([bridge('sensors', 'a', 'main', 'bridge')], {
      main: inMemory,
      sensors: sensors.open,
    })
    sensors.can.reached = true
    sensors.refuse(new WildcastError('unsupported', 'no groups'))
    await expect.poll(() => sensors.log).toEqual(['+a', '+a'])
    expect(log).toEqual([])
    await relay.close()
  })

  it('does not begin a circle in which messages lose their path, and reports it', async () => {
    const bare = learning('headers')
    const { relay, log } = await relayWith([bridge('main', '**', 'bare'), bridge('bare', '**', 'main')], {
      main: inMemory,
      bare: bare.open,
    })
    await publish(relay, 'main', 'before')
    bare.can.reached = true
    await publish(relay, 'main', 'after')
    expect(bare.log.filter((line) => line.startsWith('!'))).toEqual(['!before'])
    expect(log).toEqual(['bare dropped looped', 'bridge bare unsupported'])
  })
})

async function failingBroker(): ReturnType<ReturnType<typeof scriptedBroker>['open']> {
  const broker = await scriptedBroker().open({ status: () => {}, dropped: () => {} })
  return {
    ...broker,
    publish: async (_: BrokerMessage) => {
      throw new WildcastError('broker_down', 'it is down')
    },
  }
}

describe('bridges', () => {
  const noHeaders = scriptedBroker({ headers: 'this broker carries none' }).open

  it.each<[string, Bridge[]]>([
    ['two in opposite directions', [bridge('main', 'a.*', 'bare'), bridge('bare', '**', 'main')]],
    [
      'three in a circle',
      [bridge('main', 'a.*', 'bare'), bridge('bare', '*.b', 'other'), bridge('other', 'a.**', 'main')],
    ],
  ])('are refused if messages would go round forever over a broker without headers: %s', async (_, bridges) => {
    const brokers = { main: inMemory, bare: noHeaders, other: inMemory }
    await expect(relayWith(bridges, brokers)).rejects.toThrow(/circle, main → bare.*"bare" has no headers/)
  })

  it.each<[string, Bridge[]]>([
    ['different subjects each way', [bridge('main', 'cmd.**', 'bare'), bridge('bare', 'temp.**', 'main')]],
    ['one way only', [bridge('main', '**', 'bare'), bridge('bare', '**', 'other')]],
  ])('may use a broker without headers with %s', async (_, bridges) => {
    const { relay } = await relayWith(bridges, { main: inMemory, bare: noHeaders, other: inMemory })
    await relay.close()
  })

  it('need existing brokers', async () => {
    await expect(relayWith([bridge('main', 'a', 'nowhere')])).rejects.toMatchObject({ code: 'unknown_broker' })
  })

  it('that are refused leave no broker open', async () => {
    const main = scriptedBroker()
    await expect(relayWith([bridge('main', 'a', 'nowhere')], { main: main.open })).rejects.toThrow()
    expect(main.log).toEqual(['closed'])
  })
})

describe('a client', () => {
  it('can not keep a message from a bridge: it states no path', async () => {
    const { relay, log } = await relayWith([bridge('main', 'a', 'archive')])
    const seen = await listenEverywhere(relay)
    const session = relay.open(recordingOutlet(), everything)
    await session.publish({ subject: 'a', payload: 'x', headers: [['wildcast-path', 'archive']] })
    expect(seen().sort()).toEqual(['archive a x', 'main a x'])
    expect(log).toEqual([])
  })
})
