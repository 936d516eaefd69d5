import type { WildcastError } from '@wildcast/client'
import { useSyncExternalStore } from 'react'
import type { LiveStore, StoreAt } from '../live-store.js'

/** The state that a hook of this entry awaits. */
export interface Awaited<State> {
  /** The state outside of React; undefined if nothing has opened it yet. */
  now(): State | undefined
  /** Opens the state. The same object for all components that await it. */
  open(): object
  /** Opens the state, and calls back at each change. Returns a function that leaves it. */
  view(changed: () => void): () => void
}

/** Awaits the state of a store. */
export function awaitStore<State>(
  slot: StoreAt<Pick<LiveStore<State>, 'state' | 'view'>> | undefined,
): Awaited<State> | undefined {
  if (!slot) return undefined
  return {
    now: () => slot.find()?.state,
    open: () => slot.open(),
    view: (changed) => slot.open().view(changed),
  }
}

/** `waiting`: there is nothing to show yet. `refused`: the error is thrown. */
export type Progress = 'waiting' | 'ready' | 'refused'

/** The promises that components wait for, by what they await. */
const waits = new WeakMap<object, Promise<void>>()

const subscribeToNothing = (): (() => void) => () => {}

/**
 * Suspends the component until its state is ready. Throws the error of a refusal.
 * @param shown the state that the component would show
 */
export function useSettled<State extends { readonly error: WildcastError | undefined }>(
  awaited: Awaited<State> | undefined,
  shown: State,
  progressOf: (state: State) => Progress,
): void {
  // True in a server render, and while a page takes that over.
  const isFirst = useSyncExternalStore(
    subscribeToNothing,
    () => false,
    () => true,
  )
  if (!awaited) return
  const state = awaited.now() ?? shown
  const progress = progressOf(state)
  if (progress === 'ready') return
  if (progress === 'refused') throw state.error
  if (isFirst)
    throw new Error('a server has nothing to show here: give fallbackState, or put a <Suspense> around the component')
  throw waits.get(awaited.open()) ?? wait(awaited, progressOf)
}

/**
 * Keeps the state open until it is ready: a suspended component has no effects. The component has a
 * second to be mounted then.
 */
function wait<State>({ now, open, view }: Awaited<State>, progressOf: (state: State) => Progress): Promise<void> {
  const key = open()
  const promise = new Promise<void>((resolve) => {
    const leave = view(() => {
      const state = now()
      if (!state || progressOf(state) === 'waiting') return
      waits.delete(key)
      leave()
      resolve()
    })
  })
  waits.set(key, promise)
  return promise
}

const waitingStatuses: ReadonlySet<string> = new Set(['idle', 'connecting', 'syncing', 'loading'])

/** Returns the progress of a state with a `status`. A refusal that is retried is awaited. */
export function progressOfStatus(state: {
  readonly status: string
  readonly error: WildcastError | undefined
}): Progress {
  const { status, error } = state
  if (status === 'denied' || (status === 'error' && !error?.retry)) return 'refused'
  return status === 'error' || waitingStatuses.has(status) ? 'waiting' : 'ready'
}
