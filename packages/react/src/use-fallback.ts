import type { Message } from '@wildcast/client'
import { unpackMessage } from '@wildcast/client/packed'
import { useContext } from 'react'
import { FallbackContext, type FallbackEntry } from './fallback-context.js'

/** The states of entries: the same object for all hooks. */
const known = new WeakMap<FallbackEntry, unknown>()

/**
 * Returns the state of what the server has read for a hook, or the initial one.
 * @param toState the same function for all hooks of a kind
 */
export function useFallback<State>(
  key: string | undefined,
  initial: State,
  toState: (messages: readonly Message[], entry: FallbackEntry) => State,
): State {
  const all = useContext(FallbackContext)
  const entry = key === undefined ? undefined : all?.[key]
  if (!entry) return initial
  const state = (known.get(entry) as State | undefined) ?? toState(entry.messages.map(unpackMessage), entry)
  known.set(entry, state)
  return state
}
