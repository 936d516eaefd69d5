import { expect, it } from 'vitest'
import { type Tested, tested } from '../../client/src/testing/tested.js'
import { eventually } from './testing/eventually.js'
import { renderWithClient } from './testing/render-with-client.js'
import { useValue, type ValueState } from './use-value.js'
import { type UseValuesOptions, useValues } from './use-values.js'
import type { ValuesState } from './values-state.js'

function Recorder(props: {
  readonly pattern: string | null
  readonly seen: ValuesState[]
  readonly broker?: string | undefined
  readonly filter?: UseValuesOptions['filter']
}) {
  props.seen.push(useValues(props.pattern, { broker: props.broker, filter: props.filter }))
  return null
}

function ValueRecorder(props: { readonly subject: string | null; readonly seen: ValueState<number>[] }) {
  props.seen.push(useValue<number>(props.subject))
  return null
}

const shown = (state: ValuesState | undefined): Record<string, unknown> =>
  Object.fromEntries([...(state?.values ?? [])].map(([subject, { data }]) => [subject, data]))
const subscribes = ({ relay }: Tested): number => relay.frames('Subscribe').length
const write = ({ relay }: Tested, subject: string, data: number): Promise<void> =>
  relay.publish(subject, data, { retain: true })
const last = <State,>(seen: readonly State[]): State => seen.at(-1) as State

it('useValues has the values of a pattern; hooks of one pattern subscribe once, also in StrictMode', async () => {
  const relay = await tested()
  await write(relay, 'good.apple', 1)
  const [seen, other]: [ValuesState[], ValuesState[]] = [[], []]
  await renderWithClient(
    relay.client,
    <>
      <Recorder pattern="good.*" seen={seen} />
      <Recorder pattern="good.*" seen={other} />
    </>,
  )
  expect(seen[0]).toMatchObject({ status: 'loading', error: undefined })
  for (const one of [seen, other]) await eventually(() => expect(last(one).status).toBe('synced'))
  expect(shown(last(seen))).toEqual({ 'good.apple': 1 })
  await write(relay, 'good.pear', 2)
  await eventually(() => expect(shown(last(other))).toEqual({ 'good.apple': 1, 'good.pear': 2 }))
  expect(subscribes(relay)).toBe(1)
})

it('hooks with filters of equal content subscribe once, others again', async () => {
  const relay = await tested()
  const seen: ValuesState[] = []
  const recorder = (a: number) => <Recorder pattern="good.*" filter={{ a }} seen={seen} />
  const view = await renderWithClient(relay.client, recorder(1))
  await eventually(() => expect(last(seen).status).toBe('synced'))
  await view.show(recorder(1))
  expect(new Set(seen.slice(-2)).size).toBe(1)
  expect(subscribes(relay)).toBe(1)
  await view.show(recorder(2))
  await eventually(() => expect(subscribes(relay)).toBe(2))
  const filters = relay.relay.frames('Subscribe').map(({ filter }) => filter)
  expect(filters).toEqual([{ a: 1 }, { a: 2 }])
})

it('many changes render once, and a render without a change has the same state', async () => {
  const relay = await tested()
  const seen: ValuesState[] = []
  const view = await renderWithClient(relay.client, <Recorder pattern="n.*" seen={seen} />)
  await eventually(() => expect(last(seen).status).toBe('synced'))
  const before = seen.length
  await Promise.all(Array.from({ length: 1000 }, (_, i) => write(relay, `n.${i}`, i)))
  await eventually(() => expect(last(seen).values.size).toBe(1000))
  expect(seen.length - before).toBeLessThanOrEqual(2) // StrictMode renders twice
  await view.show(<Recorder pattern="n.*" seen={seen} />)
  expect(new Set(seen.slice(-2)).size).toBe(1)
})

it('useValues is stale after a lost session until the values came again', async () => {
  const relay = await tested()
  await write(relay, 'good.apple', 1)
  const seen: ValuesState[] = []
  await renderWithClient(relay.client, <Recorder pattern="good.*" seen={seen} />)
  await eventually(() => expect(last(seen).status).toBe('synced'))
  relay.relay.cut({ forMs: 60_001 }) // for longer than the session is kept
  await relay.relay.publish('good.apple', '', { retain: true }) // which deletes it
  await relay.clock.advance(60_001)
  await eventually(() => expect(last(seen)).toMatchObject({ status: 'stale' }))
  expect(shown(last(seen))).toEqual({ 'good.apple': 1 })
  relay.client.reconnect()
  await eventually(() => expect(last(seen).status).toBe('synced'))
  expect(shown(last(seen))).toEqual({})
})

it('useValues unsubscribes a second after the last hook, and a hook that returns earlier sends nothing', async () => {
  const relay = await tested()
  const seen: ValuesState[] = []
  const view = await renderWithClient(relay.client, <Recorder pattern="good.*" seen={seen} />)
  await eventually(() => expect(last(seen).status).toBe('synced'))
  await view.show(null)
  await view.show(<Recorder pattern="good.*" seen={seen} />)
  expect(last(seen).status).toBe('synced')
  expect(subscribes(relay)).toBe(1)
  await view.show(null)
  await eventually(async () => {
    await relay.clock.advance(1000) // the client's own second
    expect(relay.relay.frames('Unsubscribe')).toHaveLength(1)
  })
})

it('useValues returns a refusal, and is idle with null', async () => {
  const relay = await tested({ brokers: ['main', 'orders'] })
  const seen: ValuesState[] = []
  const view = await renderWithClient(relay.client, <Recorder pattern={null} seen={seen} />)
  expect(last(seen)).toMatchObject({ status: 'idle', error: undefined })
  expect(subscribes(relay)).toBe(0)
  await view.show(<Recorder pattern="a..b" seen={seen} />)
  await eventually(() => expect(last(seen)).toMatchObject({ status: 'error', error: { code: 'invalid_subject' } }))
  await view.show(<Recorder pattern="good.*" broker="orders" seen={seen} />)
  await eventually(() => expect(relay.relay.frames('Subscribe')).toMatchObject([{ broker: 'orders' }]))
})

it('useValue has the value of a subject, and changes it', async () => {
  const relay = await tested()
  await write(relay, 'good.apple', 1)
  const seen: ValueState<number>[] = []
  await renderWithClient(relay.client, <ValueRecorder subject="good.apple" seen={seen} />)
  await eventually(() => expect(last(seen)).toMatchObject({ data: 1, status: 'synced' }))
  const { set, remove, value } = last(seen)
  expect(await set(2, { whenRevision: value?.revision ?? '' })).toEqual({ revision: expect.any(String) })
  await eventually(() => expect(last(seen).data).toBe(2))
  expect(last(seen).set).toBe(set)
  await remove()
  await eventually(() => expect(last(seen)).toMatchObject({ data: undefined, value: undefined, status: 'synced' }))
})

it('useValue with null is idle, has no value, and refuses to write', async () => {
  const relay = await tested()
  const seen: ValueState<number>[] = []
  await renderWithClient(relay.client, <ValueRecorder subject={null} seen={seen} />)
  expect(last(seen)).toMatchObject({ data: undefined, status: 'idle' })
  await expect(last(seen).set(1)).rejects.toMatchObject({ code: 'invalid_subject' })
})
