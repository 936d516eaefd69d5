import type { Message } from '@wildcast/client'
import { type DeleteOptions, type SetOptions, type SetResult, values } from '@wildcast/client/values'
import { useMemo } from 'react'
import { useClient } from './provider.js'
import { type UseValuesOptions, useValues, type ValuesState } from './use-values.js'

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

/**
 * Returns the value of a subject, kept up to date. Hooks with the same subject and broker share one
 * subscription. `Data` is its type, which is not checked.
 * @param subject null or undefined does not subscribe, and refuses to write
 * @example
 * const { data, set } = useValue<{ price: number }>('good.apple')
 * return <button onClick={() => set({ price: 4 }).catch(alert)}>{data?.price}</button>
 */
export function useValue<Data = unknown>(
  subject: string | null | undefined,
  { broker }: Pick<UseValuesOptions, 'broker'> = {},
): ValueState<Data> {
  const client = useClient()
  const { values: all, status, error } = useValues<Data>(subject, { broker })
  const actions = useMemo(() => {
    const store = values(client)
    const target = subject ?? '' // refused as invalid
    return {
      set: (data: Data, options?: SetOptions) => store.set(target, data, { broker, ...options }),
      remove: (options?: DeleteOptions) => store.delete(target, { broker, ...options }),
    }
  }, [client, subject, broker])
  const value = subject == null ? undefined : all.get(subject)
  return useMemo(() => ({ value, data: value?.data, status, error, ...actions }), [value, status, error, actions])
}
