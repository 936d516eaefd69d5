import type { Message } from '@wildcast/client'
import type { SubscriptionFeed } from '@wildcast/client/store'
import { startTransition, useEffect, useState } from 'react'
import { expect, it } from 'vitest'
import { tested } from '../../client/src/testing/tested.js'
import { eventually } from './testing/eventually.js'
import { deliver, FeedRecorder, ready } from './testing/feed-recorder.js'
import { renderWithClient } from './testing/render-with-client.js'
import { useReduce } from './use-reduce.js'

const add = (sum: number, { data }: Message<number>): number => sum + data

function Total(props: { readonly pattern: string | null; readonly seen: number[]; readonly reducer?: typeof add }) {
  const total = useReduce(props.pattern, props.reducer ?? add, 0)
  props.seen.push(total)
  return null
}

interface Turning {
  turn?: (to: number) => void
}

function Counter({ turning }: { readonly turning: Turning }) {
  const [count, turn] = useState(0)
  useEffect(() => {
    turning.turn = turn
  }, [turning])
  return <p>{count}</p>
}

it('useReduce counts each message once in StrictMode, and renders once for all of a frame', async () => {
  const connected = await tested()
  const [seen, feeds]: [number[], SubscriptionFeed[]] = [[], []]
  await renderWithClient(
    connected.client,
    <>
      <Total pattern="good.*" seen={seen} />
      <FeedRecorder pattern="good.*" seen={feeds} />
    </>,
  )
  await ready(feeds)
  for (let i = 1; i <= 1000; i++) deliver(connected, `${i}`)
  await eventually(() => expect(seen.at(-1)).toBe(500_500))
  expect([...new Set(seen)]).toEqual([0, 500_500])
  expect(connected.relay.frames('Subscribe')).toHaveLength(1)
})

it('useReduce counts each message once while a transition renders again and again', async () => {
  const connected = await tested()
  const [seen, feeds]: [number[], SubscriptionFeed[]] = [[], []]
  const turning: Turning = {}
  await renderWithClient(
    connected.client,
    <>
      <Counter turning={turning} />
      <Total pattern="good.*" seen={seen} />
      <FeedRecorder pattern="good.*" seen={feeds} />
    </>,
  )
  await ready(feeds)
  for (let i = 1; i <= 100; i++) {
    startTransition(() => turning.turn?.(i))
    deliver(connected, '1')
  }
  await eventually(() => expect(seen.at(-1)).toBe(100))
})

it('useReduce calls the latest reducer, and starts again with another pattern', async () => {
  const connected = await tested()
  const [seen, feeds]: [number[], SubscriptionFeed[]] = [[], []]
  const twice = (sum: number, { data }: Message<number>): number => sum + 2 * data
  const show = (pattern: string | null, reducer: typeof add) => (
    <>
      <Total pattern={pattern} reducer={reducer} seen={seen} />
      <FeedRecorder pattern="good.*" seen={feeds} />
    </>
  )
  const view = await renderWithClient(connected.client, show('good.*', add))
  await ready(feeds)
  deliver(connected, '1')
  await view.show(show('good.*', twice))
  deliver(connected, '1')
  await eventually(() => expect(seen.at(-1)).toBe(3))
  await view.show(show(null, twice))
  expect(seen.at(-1)).toBe(0)
  expect(connected.relay.frames('Subscribe')).toHaveLength(1)
})

it('useReduce reports a reducer that throws, and keeps its value', async () => {
  const connected = await tested()
  const [seen, feeds]: [number[], SubscriptionFeed[]] = [[], []]
  const failing = (sum: number, { data }: Message<number>): number => {
    if (data === 2) throw new Error('two')
    return sum + data
  }
  await renderWithClient(
    connected.client,
    <>
      <Total pattern="good.*" reducer={failing} seen={seen} />
      <FeedRecorder pattern="good.*" seen={feeds} />
    </>,
  )
  await ready(feeds)
  for (const text of ['1', '2', '3']) deliver(connected, text)
  await eventually(() => expect(seen.at(-1)).toBe(4))
  expect(connected.errors).toMatchObject([{ stage: 'handler', message: 'two' }])
})

it('useReduce reports a refusal that no hook returns', async () => {
  const connected = await tested()
  const seen: number[] = []
  await renderWithClient(connected.client, <Total pattern="a..b" seen={seen} />)
  await eventually(() => expect(connected.errors[0]).toMatchObject({ code: 'invalid_subject' }))
})
