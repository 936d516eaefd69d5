import type { ActionKind, Params } from '@wildcast/client'
import type { SubscriptionFeed } from '@wildcast/client/store'
import { findPermission, openPermission, type Permission } from '../permissions.js'
import { useClient } from '../provider.js'
import type { QueryState } from '../query.js'
import { querySlotOf } from '../query-slot.js'
import type { Requesting } from '../requesting.js'
import { type UseCanOptions, useCan } from '../use-can.js'
import { type UseRequestOptions, useRequest } from '../use-request.js'
import { useStoreSlot } from '../use-store-slot.js'
import { type UseSubscriptionOptions, useSubscription } from '../use-subscription.js'
import { awaitStore, type Progress, progressOfStatus, useSettled } from './use-settled.js'

/**
 * `useSubscription` that suspends until the broker has confirmed the subscription, and throws a
 * refusal. Without a pattern, and with `skip`, it does not suspend.
 */
export function useSuspenseSubscription<
  Data = unknown,
  const Pattern extends string = string,
  Selected = SubscriptionFeed<Data, Params<Pattern>>,
>(
  pattern: Pattern | null | undefined,
  options: UseSubscriptionOptions<Data, Params<Pattern>, Selected> = {},
): Selected {
  const { broker, group, deliver, maxRate, filter, whenHidden, skip, keep = 100 } = options
  const wire = { broker, group, deliver, maxRate, filter, whenHidden, skip }
  const shown = useSubscription(pattern, { ...wire, keep: 0, isEqual: hasSameStatus })
  const slot = useStoreSlot(pattern, wire)
  const awaited = slot && {
    now: () => slot.find()?.feed,
    open: () => slot.open(),
    // Messages that arrive before the component is mounted are kept for it.
    view: (changed: () => void) => slot.open().view({ keep, event: () => {}, changed }),
  }
  useSettled(awaited, shown as SubscriptionFeed, progressOfStatus)
  return useSubscription(pattern, options)
}

function hasSameStatus(a: SubscriptionFeed, b: SubscriptionFeed): boolean {
  return a.status === b.status && a.error === b.error
}

/**
 * `useRequest` that, with `data`, suspends until the first answer, and throws the error of a
 * request without an answer. Without `data`, or with a subject of null, it does not suspend.
 */
export function useSuspenseRequest<Question = unknown, Answer = unknown>(
  subject: string | null | undefined,
  options: UseRequestOptions<Answer, Question> = {},
): Requesting<Question, Answer> {
  const { data, ...request } = options
  const client = useClient()
  const shown = useRequest(subject, options)
  const text = JSON.stringify(data)
  const isIdle = subject == null || text === undefined
  const slot = isIdle ? undefined : querySlotOf(client, subject, text, options.broker)
  const awaited = slot && {
    ...{ find: slot.find },
    // The types of the parts are not checked.
    open: () => slot.open(request as Parameters<typeof slot.open>[0]),
  }
  const hasPrevious = shown.data !== undefined
  const state: QueryState = { answer: undefined, pending: true, error: undefined }
  useSettled(awaitStore(awaited), state, ({ answer, error }): Progress => {
    if (answer || hasPrevious) return 'ready'
    return error ? 'refused' : 'waiting'
  })
  return shown
}

/** `useCan` that suspends until the relay has answered, and throws why it could not be asked. */
export function useSuspenseCan(action: ActionKind, subject: string | null, options: UseCanOptions = {}): Permission {
  const client = useClient()
  const shown = useCan(action, subject, options)
  const question = subject === null ? undefined : { action, subject, broker: options.broker }
  const awaited = question && {
    now: () => findPermission(client, question)?.permission,
    open: () => openPermission(client, question),
    view: (changed: () => void) => openPermission(client, question).view(changed),
  }
  useSettled(awaited, shown, ({ allowed, error }): Progress => {
    if (allowed !== undefined) return 'ready'
    return error ? 'refused' : 'waiting'
  })
  return shown
}
