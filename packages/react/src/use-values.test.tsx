import { expect, it } from 'vitest'
import { connectToValues, type ValueRelay } from '../../client/src/testing/value-relay.js'
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
const subscribes = ({ relay }: ValueRelay): number => relay.links.flatMap((link) => link.all('Subscribe')).length
const last = <State,>(seen: readonly State[]): State => seen.at(-1) as State

it('useValues has the values of a pattern; hooks of one pattern subscribe once, also in StrictMode', async () => {
  const relay = await connectToValues()
  relay.write('good.apple', '1')
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
  relay.write('good.pear', '2')
  await eventually(() => expect(shown(last(other))).toEqual({ 'good.apple': 1, 'good.pear': 2 }))
  expect(subscribes(relay)).toBe(1)
})

it('hooks with filters of equal content subscribe once, others again', async () => {
  const relay = await connectToValues()
  const seen: ValuesState[] = []
  const recorder = (a: number) => <Recorder pattern="good.*" filter={{ a }} seen={seen} />
  const view = await renderWithClient(relay.client, recorder(1))
  await eventually(() => expect(last(seen).status).toBe('synced'))
  await view.show(recorder(1))
  expect(new Set(seen.slice(-2)).size).toBe(1)
  expect(subscribes(relay)).toBe(1)
  await view.show(recorder(2))
  await eventually(() => expect(subscribes(relay)).toBe(2))
  const filters = relay.relay.link.all('Subscribe').map(({ filter }) => filter)
  expect(filters).toEqual([{ a: 1 }, { a: 2 }])
})

it('many changes render once, and a render without a change has the same state', async () => {
  const relay = await connectToValues()
  const seen: ValuesState[] = []
  const view = await renderWithClient(relay.client, <Recorder pattern="n.*" seen={seen} />)
  await eventually(() => expect(last(seen).status).toBe('synced'))
  const before = seen.length
  for (let i = 0; i < 1000; i++) relay.write(`n.${i}`, `${i}`)
  await eventually(() => expect(last(seen).values.size).toBe(1000))
  expect(seen.length - before).toBeLessThanOrEqual(2) // StrictMode renders twice
  await view.show(<Recorder pattern="n.*" seen={seen} />)
  expect(new Set(seen.slice(-2)).size).toBe(1)
})

it('useValues is stale after a lost session until the values came again', async () => {
  const relay = await connectToValues()
  relay.write('good.apple', '1')
  const seen: ValuesState[] = []
  await renderWithClient(relay.client, <Recorder pattern="good.*" seen={seen} />)
  await eventually(() => expect(last(seen).status).toBe('synced'))
  relay.isPrompt = false
  relay.stored.clear()
  await relay.reconnect()
  await eventually(() => expect(last(seen)).toMatchObject({ status: 'stale' }))
  expect(shown(last(seen))).toEqual({ 'good.apple': 1 })
  relay.sync()
  await eventually(() => expect(last(seen).status).toBe('synced'))
  expect(shown(last(seen))).toEqual({})
})

it('useValues unsubscribes a second after the last hook, and a hook that returns earlier sends nothing', async () => {
  const relay = await connectToValues()
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
    expect(relay.relay.link.all('Unsubscribe')).toHaveLength(1)
  })
})

it('useValues returns a refusal, and is idle with null', async () => {
  const relay = await connectToValues()
  const seen: ValuesState[] = []
  const view = await renderWithClient(relay.client, <Recorder pattern={null} seen={seen} />)
  expect(last(seen)).toMatchObject({ status: 'loading', error: undefined })
  expect(subscribes(relay)).toBe(0)
  await view.show(<Recorder pattern="a..b" seen={seen} />)
  await eventually(() => expect(last(seen)).toMatchObject({ status: 'error', error: { code: 'invalid_subject' } }))
  await view.show(<Recorder pattern="good.*" broker="orders" seen={seen} />)
  await eventually(() => expect(relay.relay.link.all('Subscribe')).toMatchObject([{ broker: 'orders' }]))
})

it('useValue has the value of a subject, and changes it', async () => {
  const relay = await connectToValues()
  relay.write('good.apple', '1')
  const seen: ValueState<number>[] = []
  await renderWithClient(relay.client, <ValueRecorder subject="good.apple" seen={seen} />)
  await eventually(() => expect(last(seen)).toMatchObject({ data: 1, status: 'synced' }))
  const { set, remove, value } = last(seen)
  expect(await set(2, { whenRevision: value?.revision ?? '' })).toEqual({ revision: 't-0002' })
  await eventually(() => expect(last(seen).data).toBe(2))
  expect(last(seen).set).toBe(set)
  await remove()
  await eventually(() => expect(last(seen)).toMatchObject({ data: undefined, value: undefined, status: 'synced' }))
})

it('useValue with null has no value, and refuses to write', async () => {
  const relay = await connectToValues()
  const seen: ValueState<number>[] = []
  await renderWithClient(relay.client, <ValueRecorder subject={null} seen={seen} />)
  expect(last(seen)).toMatchObject({ data: undefined, status: 'loading' })
  await expect(last(seen).set(1)).rejects.toMatchObject({ code: 'invalid_subject' })
})
