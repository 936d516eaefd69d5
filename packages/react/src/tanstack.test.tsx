import { QueryClient, QueryClientProvider, useMutation, useQuery } from '@tanstack/react-query'
import { values } from '@wildcast/client/values'
import type { ReactNode } from 'react'
import { expect, expectTypeOf, it } from 'vitest'
import { type Tested, tested } from '../../client/src/testing/tested.js'
import { followValues, requestMutation, requestQuery, valueMutation, valueQuery } from './tanstack.js'
import { eventually } from './testing/eventually.js'
import { renderWithClient } from './testing/render-with-client.js'
import { respond } from './testing/responder.js'

function Recorder<Result>({ use, seen }: { readonly use: () => Result; readonly seen: Result[] }) {
  seen.push(use())
  return null
}

/** The requests that were not cancelled. */
function open({ relay }: Tested) {
  const cancelled = new Set(relay.frames('Cancel').map(({ ref }) => ref))
  return relay.frames('Request').filter(({ ref }) => !cancelled.has(ref))
}

/** Renders below the provider of a new query client. */
function withQueries(children: ReactNode): { readonly queries: QueryClient; readonly tree: ReactNode } {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  return { queries, tree: <QueryClientProvider client={queries}>{children}</QueryClientProvider> }
}

it('a request is a query that components share, and is cancelled with it', async () => {
  const connected = await tested()
  const { client, relay } = connected
  const peer = await respond(connected, 'math.sum')
  const seen: (number | undefined)[] = []
  const use = () => useQuery(requestQuery<number>(client, 'math.sum', [1, 2], { timeoutMs: 100 })).data
  const { queries, tree } = withQueries([1, 2].map((key) => <Recorder key={key} use={use} seen={seen} />))
  await renderWithClient(client, tree)
  // TanStack Query cancels the request of StrictMode's first mount.
  await eventually(() => expect(open(connected)).toMatchObject([{ message: '[1,2]', timeout: 100 }]))
  await eventually(() => expect(peer.asked).toHaveLength(relay.frames('Request').length))
  peer.answer(3)
  await eventually(() => expect(seen.at(-1)).toBe(3))
  const before = relay.frames('Request').length
  const { queryKey } = requestQuery<number>(client, 'math.sum', [1, 2])
  expectTypeOf(queries.getQueryData(queryKey)).toEqualTypeOf<number | undefined>()
  expect(queries.getQueryData(queryKey)).toBe(3)
  void queries.invalidateQueries({ queryKey })
  await eventually(() => expect(relay.frames('Request')).toHaveLength(before + 1))
  await queries.cancelQueries({ queryKey })
  await eventually(() => expect(relay.frames('Cancel').at(-1)?.ref).toBe(relay.frames('Request').at(-1)?.ref))
})

it('a refusal is the error of the query, and an empty answer is null', async () => {
  const { client, relay } = await tested()
  const seen: unknown[] = []
  const use = () => {
    const { data, error } = useQuery(requestQuery(client, 'math.sum'))
    return error ?? data
  }
  const { queries, tree } = withQueries(<Recorder use={use} seen={seen} />)
  await renderWithClient(client, tree)
  await eventually(() => expect(seen.at(-1)).toMatchObject({ code: 'no_responders' }))
  relay.createClient().serve('math.sum', () => null)
  await relay.settled()
  void queries.refetchQueries()
  await eventually(() => expect(seen.at(-1)).toBe(null))
})

it('a request is a mutation', async () => {
  const connected = await tested()
  const peer = await respond(connected, 'math.sum')
  const seen: ReturnType<typeof use>[] = []
  const use = () => useMutation(requestMutation<number[], number>(connected.client, 'math.sum'))
  await renderWithClient(connected.client, withQueries(<Recorder use={use} seen={seen} />).tree)
  const answer = seen.at(-1)?.mutateAsync([1, 2])
  await eventually(() => expect(peer.asked).toEqual([[1, 2]]))
  peer.answer(3)
  expect(await answer).toBe(3)
})

it('a value is a query, which followValues keeps up to date, and a mutation', async () => {
  const { client, relay } = await tested()
  const other = values(relay.createClient())
  await other.set('good.apple', 1)
  const seen: (number | null | undefined)[] = []
  const use = () => useQuery(valueQuery<number>(client, 'good.apple')).data
  const { queries, tree } = withQueries(<Recorder use={use} seen={seen} />)
  await renderWithClient(client, tree)
  await eventually(() => expect(seen.at(-1)).toBe(1))
  const stop = followValues(queries, client, 'good.*')
  await other.set('good.pear', 7)
  await valueMutation<number>(client, 'good.apple').mutationFn(2)
  await eventually(() => expect(seen.at(-1)).toBe(2))
  expect(queries.getQueryData(valueQuery(client, 'good.pear').queryKey)).toBe(7)
  await other.delete('good.apple')
  await eventually(() => expect(seen.at(-1)).toBe(null))
  stop()
  await other.set('good.apple', 3)
  await expect(valueQuery(client, 'good.pear').queryFn({ signal: new AbortController().signal })).resolves.toBe(7)
  expect(seen.at(-1)).toBe(null)
})
