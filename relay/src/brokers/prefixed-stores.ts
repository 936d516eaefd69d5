import { matches, type Pattern, type Subject } from '@wildcast/protocol'
import { type HistoryRule, HistoryRules } from '../core/history-rules.js'
import type { HistoryPage, HistoryStore } from '../core/history-store.js'
import type { Soon, StoredValue, ValuePage, ValueStore } from '../core/store.js'
import { type Prefix, prefixOf } from './prefix.js'

/** Returns the values behind a prefix. */
export function prefixedValues(store: ValueStore, { add, remove }: Prefix): ValueStore {
  const bare = <Kept extends { readonly subject: Subject }>(kept: Kept): Kept => ({
    ...kept,
    subject: remove(kept.subject) ?? kept.subject,
  })
  return {
    write: (write) => store.write({ ...write, message: { ...write.message, subject: add(write.message.subject) } }),
    read: (subject) => soon(store.read(add(subject)), (value): StoredValue | undefined => value && bare(value)),
    page(pattern, request) {
      const { after } = request
      const want = { ...request, after: after === undefined ? undefined : add(after) }
      return soon(store.page(add(pattern), want), ({ values, next }): ValuePage => {
        const own = values.map(bare).filter(({ subject }) => matches(pattern, subject))
        return { values: own, ...(next !== undefined && { next: remove(next) ?? next }) }
      })
    },
    mark: () => store.mark(),
    ...(store.renew && { renew: (lease: string) => store.renew?.(lease) ?? Promise.resolve() }),
    ...(store.sweep && { sweep: () => store.sweep?.() ?? Promise.resolve() }),
  }
}

/** Returns the history behind a prefix. */
export function prefixedHistory(store: HistoryStore, { add, remove }: Prefix): HistoryStore {
  const list = store.rules.list.map((rule) => ({ ...rule, subjects: remove(rule.subjects) ?? rule.subjects }))
  return {
    rules: new HistoryRules(list, { areApart: store.rules.areApart }),
    append: (message, key) => store.append({ ...message, subject: add(message.subject) }, key),
    historyPage(pattern: Pattern, request) {
      return soon(
        store.historyPage(add(pattern), request),
        (page): HistoryPage => ({
          ...page,
          messages: page.messages
            .map((message) => ({ ...message, subject: remove(message.subject) ?? message.subject }))
            .filter(({ subject }) => matches(pattern, subject)),
        }),
      )
    },
    historyState: (pattern, position) => store.historyState(add(pattern), position),
    ...(store.forget && { forget: () => store.forget?.() ?? Promise.resolve() }),
  }
}

/** Returns the rules of a history as the broker behind the prefix must have them. */
export function prefixedRules(rules: readonly HistoryRule[] = [], segments: string): readonly HistoryRule[] {
  const { add } = prefixOf(segments)
  return rules.map((rule) => ({ ...rule, subjects: add(rule.subjects) }))
}

function soon<Input, Output>(given: Soon<Input>, map: (input: Input) => Output): Soon<Output> {
  return given instanceof Promise ? given.then(map) : map(given)
}
