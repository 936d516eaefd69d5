import * as React from 'react'
import { Component, type ReactNode, StrictMode, Suspense, startTransition, useEffect, useState } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { render } from 'vitest-browser-react'
import { settle } from '../../client/src/testing/fake-clock.js'
import { started, type Tested } from '../../client/src/testing/tested.js'
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

const tree = (client: Tested['client'], children: ReactNode): ReactNode => (
  <WildcastProvider client={client}>
    <Boundary>
      <Suspense fallback="waiting">{children}</Suspense>
    </Boundary>
  </WildcastProvider>
)

/** Checks what a mounted hook shows, first and later. */
async function follow(
  connected: Tested,
  container: HTMLElement,
  { ready, act, later = ready }: HookRow,
): Promise<void> {
  await eventually(() => expect(container.textContent).toBe(ready))
  act?.(connected)
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
      const connected = await connectToAll()
      const view = await render(<StrictMode>{tree(connected.client, <Text use={row.use} />)}</StrictMode>)
      await follow(connected, view.container, row)
    },
  ],
  [
    'a concurrent transition',
    async (row) => {
      const connected = await connectToAll()
      const by: Switch = {}
      const content = (turn: number) => (
        <>
          {turn > 0 && <Text use={row.use} />}
          {[1, 2, 3, 4, 5].map((one) => (
            <span key={one}>{slowly(turn)}</span>
          ))}
        </>
      )
      const view = await render(tree(connected.client, <Turned by={by} render={content} />))
      await eventually(() => expect(by.turn).toBeDefined())
      for (let turn = 1; turn <= 5; turn++) startTransition(() => by.turn?.(turn))
      await follow(connected, view.container, row)
      startTransition(() => by.turn?.(6))
      await follow(connected, view.container, { ...row, ready: row.later ?? row.ready })
    },
  ],
  [
    'Suspense of a sibling',
    async (row) => {
      const connected = await connectToAll()
      const what = {}
      const both = [<Text key="text" use={row.use} />, <Late key="late" what={what} />]
      const view = await render(<StrictMode>{tree(connected.client, both)}</StrictMode>)
      await follow(connected, view.container, row)
    },
  ],
  [
    'fake timers',
    async (row) => {
      vi.useFakeTimers()
      const connected = await connectToAll()
      const view = await render(tree(connected.client, <Text use={row.use} />))
      await follow(connected, view.container, row)
    },
  ],
]

/** React 18 has no Activity. */
const activity: readonly Environment[] = [
  [
    'a hidden Activity',
    async (row) => {
      const connected = await connectToAll()
      const by: Switch = {}
      const content = (turn: number) => (
        <React.Activity mode={turn === 1 ? 'hidden' : 'visible'}>
          <Text use={row.use} />
        </React.Activity>
      )
      const view = await render(tree(connected.client, <Turned by={by} render={content} />))
      await follow(connected, view.container, row)
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
      const { client, relay } = await started()
      const html = renderToString(tree(client, <Text use={row.use} />))
      expect(html).toContain(row.server)
      await settle()
      // The client itself connects, since it was given a transport.
      const kinds = ['Subscribe', 'Publish', 'Request', 'Enter', 'CanI'] as const
      expect(kinds.flatMap((kind) => relay.frames(kind))).toEqual([])
    },
  ],
]

/** Brings the relay to the state in which a component is unmounted, before and after it mounts. */
const states: readonly [
  name: string,
  before: (connected: Tested) => void,
  after?: (connected: Tested, container: HTMLElement, row: HookRow) => Promise<void>,
][] = [
  ['connecting', ({ relay }) => relay.cut()],
  ['syncing', ({ relay }) => relay.delay(3_600_000)],
  ['ready', () => {}, follow],
  [
    'reconnecting',
    () => {},
    async (connected, container, row) => {
      await follow(connected, container, row)
      connected.relay.cut()
    },
  ],
  ['denied', refuseAll],
]

const unmounted = states.map(
  ([name, before, after]): Environment => [
    `unmounted while ${name}`,
    async (row) => {
      const connected = await connectToAll()
      before(connected)
      const view = await render(tree(connected.client, <Text use={row.use} />))
      await settle()
      await after?.(connected, view.container, row)
      await view.unmount()
      expect(view.container.textContent).toBe('')
      await connected.clock.advance(60_000)
      expect(connected.errors.filter(({ code }) => code !== 'forbidden' && code !== 'interrupted')).toEqual([])
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
