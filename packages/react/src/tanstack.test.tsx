import { QueryClient, QueryClientProvider, useMutation, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { expect, expectTypeOf, it } from 'vitest'
import { connect } from '../../client/src/testing/connect.js'
import type { ScriptedRelay } from '../../client/src/testing/scripted-relay.js'
import { connectToValues } from '../../client/src/testing/value-relay.js'
import { followValues, requestMutation, requestQuery, valueMutation, valueQuery } from './tanstack.js'
import { eventually } from './testing/eventually.js'
import { renderWithClient } from './testing/render-with-client.js'

function Recorder<Result>({ use, seen }: { readonly use: () => Result; readonly seen: Result[] }) {
  seen.push(use())
  return null
}

/** The requests that were not cancelled. */
function open({ link }: ScriptedRelay) {
  const cancelled = new Set(link.all('Cancel').map(({ ref }) => ref))
  return link.all('Request').filter(({ ref }) => !cancelled.has(ref))
}

/** Renders below the provider of a new query client. */
function withQueries(children: ReactNode): { readonly queries: QueryClient; readonly tree: ReactNode } {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  return { queries, tree: <QueryClientProvider client={queries}>{children}</QueryClientProvider> }
}

it('a request is a query that components share, and is cancelled with it', async () => {
  const { client, relay } = await connect()
  const seen: (number | undefined)[] = []
  const use = () => useQuery(requestQuery<number>(client, 'math.sum', [1, 2], { timeoutMs: 100 })).data
  const { queries, tree } = withQueries([1, 2].map((key) => <Recorder key={key} use={use} seen={seen} />))
  await renderWithClient(client, tree)
  // TanStack Query cancels the request of StrictMode's first mount.
  await eventually(() => expect(open(relay)).toMatchObject([{ message: '[1,2]', timeout: 100 }]))
  relay.link.send({ kind: 'Response', ref: open(relay)[0]?.ref as number, message: '3' })
  await eventually(() => expect(seen.at(-1)).toBe(3))
  const before = relay.link.all('Request').length
  const { queryKey } = requestQuery<number>(client, 'math.sum', [1, 2])
  expectTypeOf(queries.getQueryData(queryKey)).toEqualTypeOf<number | undefined>()
  expect(queries.getQueryData(queryKey)).toBe(3)
  void queries.invalidateQueries({ queryKey })
  await eventually(() => expect(relay.link.all('Request')).toHaveLength(before + 1))
  await queries.cancelQueries({ queryKey })
  await eventually(() => expect(relay.link.all('Cancel').at(-1)?.ref).toBe(relay.link.all('Request').at(-1)?.ref))
})

it('a refusal is the error of the query, and an empty answer is null', async () => {
  const { client, relay } = await connect()
  const seen: unknown[] = []
  const use = () => {
    const { data, error } = useQuery(requestQuery(client, 'math.sum'))
    return error ?? data
  }
  const { queries, tree } = withQueries(<Recorder use={use} seen={seen} />)
  await renderWithClient(client, tree)
  await eventually(() => expect(open(relay)).toHaveLength(1))
  const ref = open(relay)[0]?.ref
  relay.link.send({ kind: 'Error', ref, code: 'no_responders', message: 'none', retry: true })
  await eventually(() => expect(seen.at(-1)).toMatchObject({ code: 'no_responders' }))
  const before = relay.link.all('Request').length
  void queries.refetchQueries()
  await eventually(() => expect(relay.link.all('Request')).toHaveLength(before + 1))
  relay.link.send({ kind: 'Response', ref: relay.link.all('Request').at(-1)?.ref as number, message: 'null' })
  await eventually(() => expect(seen.at(-1)).toBe(null))
})

it('a request is a mutation', async () => {
  const { client, relay } = await connect()
  const seen: ReturnType<typeof use>[] = []
  const use = () => useMutation(requestMutation<number[], number>(client, 'math.sum'))
  await renderWithClient(client, withQueries(<Recorder use={use} seen={seen} />).tree)
  const answer = seen.at(-1)?.mutateAsync([1, 2])
  await eventually(() => expect(relay.link.all('Request')).toMatchObject([{ message: '[1,2]' }]))
  relay.link.send({ kind: 'Response', ref: relay.link.all('Request')[0]?.ref as number, message: '3' })
  expect(await answer).toBe(3)
})

it('a value is a query, which followValues keeps up to date, and a mutation', async () => {
  const relay = await connectToValues()
  const { client } = relay
  relay.write('good.apple', '1')
  const seen: (number | null | undefined)[] = []
  const use = () => useQuery(valueQuery<number>(client, 'good.apple')).data
  const { queries, tree } = withQueries(<Recorder use={use} seen={seen} />)
  await renderWithClient(client, tree)
  await eventually(() => expect(seen.at(-1)).toBe(1))
  const stop = followValues(queries, client, 'good.*')
  relay.write('good.pear', '7')
  await valueMutation<number>(client, 'good.apple').mutationFn(2)
  await eventually(() => expect(seen.at(-1)).toBe(2))
  expect(queries.getQueryData(valueQuery(client, 'good.pear').queryKey)).toBe(7)
  relay.write('good.apple', undefined)
  await eventually(() => expect(seen.at(-1)).toBe(null))
  relay.write('good.apple', '3')
  stop()
  await expect(valueQuery(client, 'good.pear').queryFn({ signal: new AbortController().signal })).resolves.toBe(7)
  expect(seen.at(-1)).toBe(null)
})
