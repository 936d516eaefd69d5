import { presence } from '@wildcast/client/presence'
import { describe, expect, it } from 'vitest'
import { tested } from '../../client/src/testing/tested.js'
import { eventually } from './testing/eventually.js'
import { deliver } from './testing/feed-recorder.js'
import { renderWithClient } from './testing/render-with-client.js'
import { usePresence } from './use-presence.js'
import { useSubscription } from './use-subscription.js'
import { useValue, type ValueState } from './use-value.js'
import { useValues } from './use-values.js'

/** A component that records what a hook returns at each render. */
function Recorder<Result>({ use, seen }: { readonly use: () => Result; readonly seen: Result[] }) {
  seen.push(use())
  return null
}

/** Renders in StrictMode call the component twice. */
const renders = (seen: readonly unknown[]): number => seen.length / 2

describe('select', () => {
  it('of useSubscription renders only when the selected part changes', async () => {
    const connected = await tested()
    const [texts, statuses]: [string[], string[]] = [[], []]
    const ends = (word: string) => () =>
      useSubscription('good.*', {
        select: ({ items }) => items.map((one) => one.text()).find((text) => text.endsWith(word)) ?? '',
      })
    await renderWithClient(
      connected.client,
      <>
        <Recorder use={ends('!')} seen={texts} />
        <Recorder use={() => useSubscription('good.*', { select: ({ status }) => status })} seen={statuses} />
      </>,
    )
    await eventually(() => expect(statuses.at(-1)).toBe('ready'))
    const before = renders(texts)
    deliver(connected, 'a')
    deliver(connected, 'b!')
    await eventually(() => expect(texts.at(-1)).toBe('b!'))
    deliver(connected, 'c')
    deliver(connected, 'd')
    deliver(connected, 'e?', 'good.pear')
    const shown: number[] = []
    await renderWithClient(
      connected.client,
      <Recorder use={() => useSubscription('good.*', { select: ({ items }) => items.length })} seen={shown} />,
    )
    await eventually(() => expect(shown.at(-1)).toBe(5))
    expect(renders(texts)).toBe(before + 1)
    expect(connected.relay.frames('Subscribe')).toHaveLength(1)
  })

  it('with isEqual returns the same object while the content is equal, with new functions at each render', async () => {
    const { client, relay } = await tested()
    await relay.publish('good.apple', 1, { retain: true })
    const seen: string[][] = []
    const use = () =>
      useValues('good.*', {
        select: ({ values }) => [...values.keys()],
        isEqual: (before, now) => before.join() === now.join(),
      })
    const view = await renderWithClient(client, <Recorder use={use} seen={seen} />)
    await eventually(() => expect(seen.at(-1)).toEqual(['good.apple']))
    const keys = seen.at(-1)
    await relay.publish('good.apple', 2, { retain: true })
    await view.show(<Recorder use={use} seen={seen} />)
    expect(seen.at(-1)).toBe(keys)
    await relay.publish('good.pear', 3, { retain: true })
    await eventually(() => expect(seen.at(-1)).toEqual(['good.apple', 'good.pear']))
  })

  it('of useValue gets the data and the functions', async () => {
    const { client, relay } = await tested()
    await relay.publish('good.apple', { price: 1, name: 'apple' }, { retain: true })
    const seen: (number | undefined)[] = []
    const sets: ValueState['set'][] = []
    await renderWithClient(
      client,
      <>
        <Recorder
          use={() =>
            useValue('good.apple', { select: ({ data }: ValueState<{ readonly price: number }>) => data?.price })
          }
          seen={seen}
        />
        <Recorder use={() => useValue('good.apple', { select: ({ set }) => set })} seen={sets} />
      </>,
    )
    await eventually(() => expect(seen.at(-1)).toBe(1))
    const before = seen.length
    await sets.at(-1)?.({ price: 1, name: 'pear' })
    await sets.at(-1)?.({ price: 2, name: 'pear' })
    await eventually(() => expect(seen.at(-1)).toBe(2))
    expect(seen.length - before).toBe(2)
    expect(new Set(sets).size).toBeLessThanOrEqual(2) // StrictMode makes one for a render that it drops
  })

  it('of usePresence renders only when the selected part changes', async () => {
    const { client, relay } = await tested()
    const seen: number[] = []
    await renderWithClient(
      client,
      <Recorder
        use={() => usePresence('room.42', { name: 'Ada' }, { select: ({ members }) => members.length })}
        seen={seen}
      />,
    )
    await eventually(() => expect(seen.at(-1)).toBe(1))
    const before = seen.length
    const bob = presence(relay.createClient(), 'room.42')
    await bob.enter({ name: 'Bob' })
    await eventually(() => expect(seen.at(-1)).toBe(2))
    await bob.update({ name: 'Rob' })
    await presence(relay.createClient(), 'room.42').enter({ name: 'Eve' })
    await eventually(() => expect(seen.at(-1)).toBe(3))
    expect(seen.length - before).toBe(4)
  })
})
