/** Requests and values of Wildcast as queries and mutations of TanStack Query. @module */

import type { DataTag, QueryClient } from '@tanstack/react-query'
import type { Client, Message, RequestOptions } from '@wildcast/client'
import { nextFrame } from '@wildcast/client/store'
import { type SetOptions, type SetResult, values } from '@wildcast/client/values'

/** The options of `useQuery`, `useSuspenseQuery` and `fetchQuery` for one question or value. */
export interface LiveQuery<Data> {
  /** Also the key for `getQueryData` and `invalidateQueries`, with the type of the data. */
  readonly queryKey: DataTag<readonly unknown[], Data>
  readonly queryFn: (context: { readonly signal: AbortSignal }) => Promise<Data>
}

/** The options of `useMutation`. */
export interface LiveMutation<Variables, Data> {
  readonly mutationKey: readonly unknown[]
  readonly mutationFn: (variables: Variables) => Promise<Data>
}

/** The options of a request that is a query or a mutation. */
export interface LiveRequestOptions extends Omit<RequestOptions, 'signal' | 'onPart'> {}

/** The broker of a value. */
export interface LiveValueOptions {
  /** @default the client's broker */
  readonly broker?: string | undefined
}

/**
 * Returns the query of a request: only for requests without effects. An answer without data is
 * null. TanStack Query repeats a failed query three times; pass `retry: false` if it should not.
 * @example
 * const { data } = useQuery(requestQuery<number>(client, 'math.sum', [1, 2]))
 */
export function requestQuery<Answer = unknown, Question = unknown>(
  client: Client,
  subject: string,
  data?: Question,
  options: LiveRequestOptions = {},
): LiveQuery<Answer> {
  return {
    queryKey: keyOf<Answer>('request', options.broker, subject, data),
    queryFn: async ({ signal }) => {
      const answer = await client.request<Answer>(subject, data, { ...options, signal })
      return answer.data ?? (null as Answer) // undefined would be an error for TanStack Query
    },
  }
}

/**
 * Returns the mutation of a request: `mutate` takes its data.
 * @example
 * const { mutate } = useMutation(requestMutation<number[], number>(client, 'math.sum'))
 */
export function requestMutation<Question = unknown, Answer = unknown>(
  client: Client,
  subject: string,
  options: LiveRequestOptions = {},
): LiveMutation<Question, Answer> {
  return {
    mutationKey: keyOf('request', options.broker, subject),
    mutationFn: async (data) => (await client.request<Answer>(subject, data, options)).data,
  }
}

/**
 * Returns the query of a value: its data, or null without a value. `followValues` keeps it up to
 * date.
 * @example
 * const { data } = useQuery(valueQuery<{ price: number }>(client, 'good.apple'))
 */
export function valueQuery<Data = unknown>(
  client: Client,
  subject: string,
  { broker }: LiveValueOptions = {},
): LiveQuery<Data | null> {
  return {
    queryKey: keyOf<Data | null>('value', broker, subject),
    queryFn: async ({ signal }) => dataOf(await values(client).get<Data>(subject, { broker, signal })),
  }
}

/**
 * Returns the mutation that writes a value: `mutate` takes its data.
 * @example
 * const { mutate } = useMutation(valueMutation<{ price: number }>(client, 'good.apple'))
 */
export function valueMutation<Data = unknown>(
  client: Client,
  subject: string,
  options: SetOptions = {},
): LiveMutation<Data, SetResult> {
  return {
    mutationKey: keyOf('value', options.broker, subject),
    mutationFn: (data) => values(client).set(subject, data, options),
  }
}

/**
 * Writes the values of a pattern, and their changes, into the queries of `valueQuery`: at most once
 * per animation frame. Returns a function that stops it.
 * @throws {WildcastError} `invalid_subject`; `interrupted` after `close()`
 * @example
 * const stop = followValues(queryClient, client, 'good.*')
 */
export function followValues(
  queryClient: QueryClient,
  client: Client,
  pattern: string,
  { broker }: LiveValueOptions = {},
): () => void {
  const watched = values(client).watch(pattern, { broker })
  let shown: ReadonlyMap<string, Message> = new Map()
  let isOver = false
  const write = (): void => {
    if (isOver) return
    const { all } = watched
    const set = (subject: string, message: Message | undefined): void =>
      void queryClient.setQueryData(valueQuery(client, subject, { broker }).queryKey, dataOf(message))
    for (const subject of shown.keys()) if (!all.has(subject)) set(subject, undefined)
    for (const [subject, message] of all) if (shown.get(subject) !== message) set(subject, message)
    shown = all
  }
  watched.onChange(() => nextFrame(write))
  return () => {
    isOver = true
    watched.stop()
  }
}

function dataOf<Data>(message: Message<Data> | undefined): Data | null {
  return message?.data ?? null
}

function keyOf<Data>(...parts: readonly unknown[]): DataTag<readonly unknown[], Data> {
  // The tag exists only as a type.
  return ['wildcast', ...parts] as unknown as DataTag<readonly unknown[], Data>
}
