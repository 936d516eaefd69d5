/** Reads on a server what the hooks of a page show at once. @module */

import { type Client, type JsonValue, type Message, WildcastError } from '@wildcast/client'
import { history } from '@wildcast/client/history'
import { packMessage } from '@wildcast/client/packed'
import { after } from '@wildcast/client/store'
import { values } from '@wildcast/client/values'
import type { FallbackEntry, FallbackState } from './fallback-context.js'
import { fallbackKey } from './fallback-key.js'

export type { FallbackEntry, FallbackState } from './fallback-context.js'

/** The options of `prefetchValues`: the same as those of the hook. */
export interface PrefetchValuesOptions {
  /** @default the client's broker */
  readonly broker?: string | undefined
  /** Only values that contain this JSON. @default all values */
  readonly filter?: JsonValue | undefined
  /** How long to wait. @default 5000 */
  readonly timeoutMs?: number | undefined
}

/** The options of `prefetchHistory`: the same as those of the hook. */
export interface PrefetchHistoryOptions extends PrefetchValuesOptions {
  /** The number of messages. @default 100 */
  readonly limit?: number | undefined
}

const read = new WeakMap<Client, Map<string, FallbackEntry>>()

/**
 * Reads the values that `useValues(pattern)` or `useValue(subject)` will show. Rejects if they are
 * refused, or not received in time.
 * @example
 * await prefetchValues(client, 'good.*')
 * const fallbackState = dehydrate(client)
 */
export async function prefetchValues(
  client: Client,
  pattern: string,
  { broker, filter, timeoutMs = 5_000 }: PrefetchValuesOptions = {},
): Promise<void> {
  const ended = new AbortController()
  const giveUp = (): void => ended.abort(new WildcastError('timeout', `no values of "${pattern}" in ${timeoutMs} ms`))
  const stopWaiting = after(timeoutMs, giveUp)
  try {
    const watched = values(client).watch(pattern, { broker, filter, signal: ended.signal })
    await watched.synced
    keep(client, fallbackKey('values', pattern, { broker, filter }), { messages: pack(watched.all.values()) })
  } finally {
    stopWaiting()
    ended.abort()
  }
}

/**
 * Reads the messages that `useHistory(pattern, { limit })` will show. Rejects if they are refused,
 * or not received in time.
 * @example
 * await prefetchHistory(client, 'room.42.msg', { limit: 50 })
 */
export async function prefetchHistory(
  client: Client,
  pattern: string,
  { timeoutMs, ...options }: PrefetchHistoryOptions = {},
): Promise<void> {
  const { messages, hasMore } = await history(client).page(pattern, { ...options, timeoutMs })
  keep(client, fallbackKey('history', pattern, options), { messages: pack(messages), hasMore })
}

/**
 * Returns what was read with a client, as JSON: the `fallbackState` of `WildcastProvider`, on the
 * server and in the page.
 */
export function dehydrate(client: Client): FallbackState {
  return Object.fromEntries(read.get(client) ?? [])
}

function keep(client: Client, key: string, entry: FallbackEntry): void {
  read.set(client, (read.get(client) ?? new Map<string, FallbackEntry>()).set(key, entry))
}

function pack(messages: Iterable<Message>): FallbackEntry['messages'] {
  return [...messages].map(packMessage)
}
