import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react'

/** Options that choose a part of a hook's state. */
export interface SelectOptions<State, Selected> {
  /**
   * The hook returns what this function returns for its state, and renders only when that changes.
   * Called at each change of the state and at each render: it must be fast and have no effects.
   * @default the whole state
   */
  readonly select?: ((state: State) => Selected) | undefined
  /** Whether two selected values count as the same. @default Object.is */
  readonly isEqual?: ((before: Selected, now: Selected) => boolean) | undefined
}

/** A state outside of React. */
export interface StateSource<State> {
  readonly subscribe: (changed: () => void) => () => void
  readonly read: () => State
  /** The state in a server render, and while the page takes that over. */
  readonly readFirst: () => State
}

/**
 * Returns what `select` returns for a state; the same object as before if `isEqual` finds it equal.
 * The functions of the source must be the same at each render.
 */
export function useSelected<State, Selected>(
  { subscribe, read, readFirst }: StateSource<State>,
  { select, isEqual = Object.is }: SelectOptions<State, Selected>,
): Selected {
  const shown = useRef<readonly [Selected] | undefined>(undefined)
  const [now, first] = useMemo(() => {
    const selector = (source: () => State) => {
      let from: State
      let known: readonly [Selected] | undefined
      return (): Selected => {
        const state = source()
        if (known && from === state) return known[0]
        from = state
        // Without `select`, `Selected` is the state itself.
        const next = select ? select(state) : (state as unknown as Selected)
        const before = known ?? shown.current
        known = before && isEqual(before[0], next) ? before : [next]
        return known[0]
      }
    }
    return [selector(read), selector(readFirst)]
  }, [read, readFirst, select, isEqual])
  const selected = useSyncExternalStore(subscribe, now, first)
  useEffect(() => {
    shown.current = [selected]
  })
  return selected
}
