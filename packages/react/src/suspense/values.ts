import type { Params } from '@wildcast/client'
import { useClient } from '../provider.js'
import { type UseValueOptions, useValue, type ValueState } from '../use-value.js'
import { type UseValuesOptions, useValues, valuesSlotOf } from '../use-values.js'
import { noValues, type ValuesState } from '../values-state.js'
import { awaitStore, progressOfStatus, useSettled } from './use-settled.js'

/** Suspends until the values of a pattern are received. */
function useSyncedValues(
  pattern: string | null | undefined,
  { broker, filter, whenHidden }: Pick<UseValuesOptions, 'broker' | 'filter' | 'whenHidden'>,
): void {
  const client = useClient()
  const shown = useValues(pattern, { broker, filter, whenHidden, isEqual: hasSameStatus })
  const wanted = JSON.stringify({ broker, filter, whenHidden })
  const first = shown.status === 'loading' ? noValues : shown
  const slot = pattern == null ? undefined : valuesSlotOf(client, pattern, wanted, first)
  useSettled(awaitStore(slot), shown, progressOfValues)
}

function hasSameStatus(a: ValuesState, b: ValuesState): boolean {
  return a.status === b.status && a.error === b.error
}

function progressOfValues(state: ValuesState): ReturnType<typeof progressOfStatus> {
  const progress = progressOfStatus(state)
  return progress === 'waiting' && state.values.size > 0 ? 'ready' : progress
}

/**
 * `useValues` that suspends until the values are received, and throws a refusal. A pattern of null
 * or undefined does not suspend.
 */
export function useSuspenseValues<
  Data = unknown,
  const Pattern extends string = string,
  Selected = ValuesState<Data, Params<Pattern>>,
>(
  pattern: Pattern | null | undefined,
  options: UseValuesOptions<ValuesState<Data, Params<Pattern>>, Selected> = {},
): Selected {
  useSyncedValues(pattern, options)
  return useValues(pattern, options)
}

/**
 * `useValue` that suspends until it is known whether there is a value, and throws a refusal. A
 * subject of null or undefined does not suspend.
 */
export function useSuspenseValue<Data = unknown, Selected = ValueState<Data>>(
  subject: string | null | undefined,
  options: UseValueOptions<ValueState<Data>, Selected> = {},
): Selected {
  useSyncedValues(subject, { broker: options.broker, whenHidden: options.whenHidden })
  return useValue(subject, options)
}
