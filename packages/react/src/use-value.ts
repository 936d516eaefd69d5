import type { Message } from '@wildcast/client'
import { type DeleteOptions, type SetOptions, type SetResult, values } from '@wildcast/client/values'
import { useMemo } from 'react'
import { useClient } from './provider.js'
import { type UseValuesOptions, useValues } from './use-values.js'
import type { ValuesState } from './values-state.js'

/** The value of a subject, and functions that change it. */
export interface ValueState<Data = unknown> extends Pick<ValuesState, 'status' | 'error'> {
  /** The data of the value. Undefined without a value, and while it is loading. */
  readonly data: Data | undefined
  /** The value: a message with a `revision`, its `user` and `headers`. */
  readonly value: Message<Data> | undefined
  /**
   * Writes the value, as `set` of `@wildcast/client/values` does: rejects if it is refused. The
   * same function at each render.
   */
  readonly set: (data: Data, options?: SetOptions) => Promise<SetResult>
  /** Deletes the value; rejects if that is refused. The same function at each render. */
  readonly remove: (options?: DeleteOptions) => Promise<SetResult>
}

/** The options of `useValue`. */
export interface UseValueOptions<State = ValueState, Selected = State>
  extends Pick<UseValuesOptions<State, Selected>, 'broker' | 'whenHidden' | 'select' | 'isEqual'> {}

/**
 * Returns the value of a subject, kept up to date. Hooks with the same subject and broker share one
 * subscription. `Data` is its type, which is not checked.
 * @param subject null or undefined does not subscribe, and refuses to write: the status is `idle`
 * @example
 * const { data, set } = useValue<{ price: number }>('good.apple')
 * return <button onClick={() => set({ price: 4 }).catch(alert)}>{data?.price}</button>
 * @example
 * const length = useValue('good.apple', { select: ({ data }) => String(data).length })
 */
export function useValue<Data = unknown, Selected = ValueState<Data>>(
  subject: string | null | undefined,
  { broker, whenHidden, select, isEqual }: UseValueOptions<ValueState<Data>, Selected> = {},
): Selected {
  const client = useClient()
  const toValue = useMemo(() => {
    const store = values(client)
    const target = subject ?? '' // refused as invalid
    const set: ValueState<Data>['set'] = (data, options) => store.set(target, data, { broker, ...options })
    const remove: ValueState<Data>['remove'] = (options) => store.delete(target, { broker, ...options })
    return (all: ValuesState<Data>): ValueState<Data> => {
      const value = all.values.get(target)
      return { value, data: value?.data, status: all.status, error: all.error, set, remove }
    }
  }, [client, subject, broker])
  return useValues<Data, string, Selected>(subject, {
    broker,
    whenHidden,
    // Without `select`, `Selected` is `ValueState`.
    select: select ? (all) => select(toValue(all)) : (toValue as unknown as (all: ValuesState<Data>) => Selected),
    isEqual,
  })
}
