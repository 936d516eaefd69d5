import type { Message, Params } from '@wildcast/client'
import type { SharedOptions } from '@wildcast/client/store'
import { nextFrame } from '@wildcast/client/store'
import { useCallback, useMemo, useSyncExternalStore } from 'react'
import { useClient } from './provider.js'
import { useLatest } from './use-latest.js'
import { useStoreSlot } from './use-store-slot.js'

/** The options of `useReduce`. Compared by value: literals in the call are safe. */
export interface UseReduceOptions extends SharedOptions {
  /** `true` does not subscribe. @default false */
  readonly skip?: boolean | undefined
}

/**
 * Folds the messages of a pattern into one value. The reducer is called once with each message, on
 * arrival; the hook renders once per animation frame. The latest reducer is called; a new one does
 * not start again. Another pattern or another subscription starts with `initial`.
 *
 * If the reducer throws, the client's `onError` gets the error, and the value stays. A refusal of
 * the subscription goes to `onError`, unless another hook with it returns the refusal.
 * @param pattern null or undefined does not subscribe
 * @example
 * const total = useReduce('tick.*', (sum, { data }: Message<{ n: number }>) => sum + data.n, 0)
 */
export function useReduce<Data = unknown, const Pattern extends string = string, State = unknown>(
  pattern: Pattern | null | undefined,
  reducer: (state: State, message: Message<Data, Params<Pattern>>) => State,
  initial: State,
  options: UseReduceOptions = {},
): State {
  const client = useClient()
  const slot = useStoreSlot(pattern, options)
  const latest = useLatest(reducer)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each subscription has its own value
  const fold = useMemo(() => ({ now: initial, shown: initial }), [client, slot])
  const subscribe = useCallback(
    (changed: () => void) => {
      if (!slot) return () => {}
      let isOver = false
      const show = (): void => {
        fold.shown = fold.now
        if (!isOver) changed()
      }
      const leave = slot.open().view({
        keep: 0,
        changed: undefined,
        event(message) {
          fold.now = latest.current(fold.now, message as Message<Data, Params<Pattern>>)
          nextFrame(show)
        },
      })
      return () => {
        isOver = true
        leave()
      }
    },
    [slot, fold, latest],
  )
  const read = (): State => fold.shown
  return useSyncExternalStore(subscribe, read, read)
}
