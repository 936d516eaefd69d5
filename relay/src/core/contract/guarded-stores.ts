import type { HistoryPage, HistoryStore } from '../history-store.js'
import type { Soon, ValuePage, ValueStore } from '../store.js'
import type { BrokerData } from './broker-data.js'

/**
 * Returns a store whose pages have only values that fit. A single value is read as it is: the
 * conditions of writes hold for it, too.
 */
export function guardedValues(store: ValueStore, data: BrokerData): ValueStore {
  const clean = (page: ValuePage): ValuePage => ({ ...page, values: page.values.filter((value) => data.admits(value)) })
  return {
    write: (...write) => store.write(...write),
    read: (...read) => store.read(...read),
    page: (...want) => soon(store.page(...want), clean),
    mark: () => store.mark(),
    ...(store.renew && { renew: (lease: string) => store.renew?.(lease) ?? Promise.resolve() }),
    ...(store.sweep && { sweep: () => store.sweep?.() ?? Promise.resolve() }),
  }
}

/** Returns a store whose pages have only messages that fit. */
export function guardedHistory(store: HistoryStore, data: BrokerData): HistoryStore {
  const clean = (page: HistoryPage): HistoryPage => ({
    ...page,
    messages: page.messages.flatMap((message) => data.kept(message) ?? []),
  })
  return {
    rules: store.rules,
    append: (...append) => store.append(...append),
    historyPage: (...want) => soon(store.historyPage(...want), clean),
    historyState: (...want) => store.historyState(...want),
    ...(store.forget && { forget: () => store.forget?.() ?? Promise.resolve() }),
  }
}

/** A store in memory has its pages at once: they stay so. */
function soon<Input, Output>(given: Soon<Input>, map: (input: Input) => Output): Soon<Output> {
  return given instanceof Promise ? given.then(map) : map(given)
}
