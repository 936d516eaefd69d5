import * as React from 'react'
import { Component, type ReactNode, StrictMode, Suspense, startTransition, useEffect, useState } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { render } from 'vitest-browser-react'
import { start } from '../../client/src/testing/connect.js'
import { settle } from '../../client/src/testing/fake-clock.js'
import { silence } from '../../client/src/testing/scripted-relay.js'
import type { ValueRelay } from '../../client/src/testing/value-relay.js'
import { WildcastProvider } from './provider.js'
import { eventually } from './testing/eventually.js'
import { type HookRow, hookRows } from './testing/matrix-hooks.js'
import { connectToAll, refuseAll } from './testing/matrix-relay.js'

/** Catches what the hooks of the suspense entry throw. */
class Boundary extends Component<{ readonly children: ReactNode }, { readonly isRefused: boolean }> {
  override state = { isRefused: false }
  static getDerivedStateFromError = () => ({ isRefused: true })
  override render(): ReactNode {
    return this.state.isRefused ? 'refused' : this.props.children
  }
}

function Text({ use }: { readonly use: () => string }) {
  return <p>{use()}</p>
}

const tree = (client: ValueRelay['client'], children: ReactNode): ReactNode => (
  <WildcastProvider client={client}>
    <Boundary>
      <Suspense fallback="waiting">{children}</Suspense>
    </Boundary>
  </WildcastProvider>
)

/** Checks what a mounted hook shows, first and later. */
async function follow(
  relay: ValueRelay,
  container: HTMLElement,
  { ready, act, later = ready }: HookRow,
): Promise<void> {
  await eventually(() => expect(container.textContent).toBe(ready))
  act?.(relay)
  await eventually(() => expect(container.textContent).toBe(later))
}

const written = vi.fn()
beforeEach(() => {
  written.mockReset()
  vi.spyOn(console, 'error').mockImplementation(written)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

type Environment = readonly [name: string, check: (row: HookRow) => Promise<void>]

/** Gives a test the function that changes the state of a component. */
interface Switch {
  turn?: (to: number) => void
}

function Turned({ by, render }: { readonly by: Switch; readonly render: (turn: number) => ReactNode }) {
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    by.turn = setTurn
  }, [by])
  return render(turn)
}

function slowly(turn: number): ReactNode {
  const end = performance.now() + 2
  while (performance.now() < end);
  return <i key={turn} />
}

function Late({ what }: { readonly what: { promise?: Promise<void>; isDone?: boolean } }) {
  if (what.isDone) return null
  what.promise ??= settle().then(() => {
    what.isDone = true
  })
  throw what.promise
}

const shown: readonly Environment[] = [
  [
    'StrictMode',
    async (row) => {
      const relay = await connectToAll()
      const view = await render(<StrictMode>{tree(relay.client, <Text use={row.use} />)}</StrictMode>)
      await follow(relay, view.container, row)
    },
  ],
  [
    'a concurrent transition',
    async (row) => {
      const relay = await connectToAll()
      const by: Switch = {}
      const content = (turn: number) => (
        <>
          {turn > 0 && <Text use={row.use} />}
          {[1, 2, 3, 4, 5].map((one) => (
            <span key={one}>{slowly(turn)}</span>
          ))}
        </>
      )
      const view = await render(tree(relay.client, <Turned by={by} render={content} />))
      await eventually(() => expect(by.turn).toBeDefined())
      for (let turn = 1; turn <= 5; turn++) startTransition(() => by.turn?.(turn))
      await follow(relay, view.container, row)
      startTransition(() => by.turn?.(6))
      await follow(relay, view.container, { ...row, ready: row.later ?? row.ready })
    },
  ],
  [
    'Suspense of a sibling',
    async (row) => {
      const relay = await connectToAll()
      const what = {}
      const both = [<Text key="text" use={row.use} />, <Late key="late" what={what} />]
      const view = await render(<StrictMode>{tree(relay.client, both)}</StrictMode>)
      await follow(relay, view.container, row)
    },
  ],
  [
    'fake timers',
    async (row) => {
      vi.useFakeTimers()
      const relay = await connectToAll()
      const view = await render(tree(relay.client, <Text use={row.use} />))
      await follow(relay, view.container, row)
    },
  ],
]

/** React 18 has no Activity. */
const activity: readonly Environment[] = [
  [
    'a hidden Activity',
    async (row) => {
      const relay = await connectToAll()
      const by: Switch = {}
      const content = (turn: number) => (
        <React.Activity mode={turn === 1 ? 'hidden' : 'visible'}>
          <Text use={row.use} />
        </React.Activity>
      )
      const view = await render(tree(relay.client, <Turned by={by} render={content} />))
      await follow(relay, view.container, row)
      await eventually(() => expect(by.turn).toBeDefined())
      by.turn?.(1)
      await eventually(() => expect(view.container.querySelector('p')?.style.display).toBe('none'))
      by.turn?.(2)
      await eventually(() => expect(view.container.querySelector('p')?.style.display).toBe(''))
      // A value is still there; what counts messages has kept its count.
      await eventually(() => expect(view.container.textContent).toBe(row.later ?? row.ready))
    },
  ],
]

const server: readonly Environment[] = [
  [
    'renderToString',
    async (row) => {
      const { client, relay } = start()
      const html = renderToString(tree(client, <Text use={row.use} />))
      expect(html).toContain(row.server)
      await settle()
      // The client itself connects, since it was given a transport.
      const frames = relay.links.flatMap(({ sent }) => sent)
      expect(frames.filter(({ kind }) => kind !== 'Connect')).toEqual([])
    },
  ],
]

/** Brings the relay to the state in which a component is unmounted, before and after it mounts. */
const states: readonly [
  name: string,
  before: (relay: ValueRelay) => void,
  after?: (relay: ValueRelay, container: HTMLElement, row: HookRow) => Promise<void>,
][] = [
  ['connecting', ({ relay }) => relay.link.drop()],
  ['syncing', ({ relay }) => silence(relay)],
  ['ready', () => {}, follow],
  [
    'reconnecting',
    () => {},
    async (relay, container, row) => {
      await follow(relay, container, row)
      relay.relay.link.drop()
    },
  ],
  ['denied', refuseAll],
]

const unmounted = states.map(
  ([name, before, after]): Environment => [
    `unmounted while ${name}`,
    async (row) => {
      const relay = await connectToAll()
      before(relay)
      const view = await render(tree(relay.client, <Text use={row.use} />))
      await settle()
      await after?.(relay, view.container, row)
      await view.unmount()
      expect(view.container.textContent).toBe('')
      await relay.clock.advance(60_000)
      expect(relay.errors.filter(({ code }) => code !== 'forbidden' && code !== 'interrupted')).toEqual([])
    },
  ],
)

const environments = [...shown, ...(inject('react') === '18' ? [] : activity), ...server, ...unmounted]

describe.each(environments)('in %s', (environment, check) => {
  test.each(hookRows.map((row) => [row.name, row] as const))('%s', async (_, row) => {
    await check(row)
    // React reports each error that a boundary catches.
    if (environment !== 'unmounted while denied') expect(written.mock.calls).toEqual([])
  })
})

test('the matrix has every hook of the package', async () => {
  const entries = await Promise.all([
    import('./index.js'),
    import('./values.js'),
    import('./history.js'),
    import('./presence.js'),
    import('./locks.js'),
    import('./outbox.js'),
  ])
  const names = new Set(entries.flatMap((entry) => Object.keys(entry)).filter((name) => name.startsWith('use')))
  names.delete('usePublishing') // a part of usePublish
  const covered = hookRows.map(({ name }) => name.split(' ')[0])
  expect([...names].filter((name) => !covered.includes(name))).toEqual([])
})
