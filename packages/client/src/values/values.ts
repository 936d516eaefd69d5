import type { Contract } from '@wildcast/contract'
import type { Params } from '@wildcast/protocol/client'
import type { ContractScope } from '../contract/contract-scope.js'
import type { Message } from '../messages/message.js'
import type { Scope } from '../scope.js'
import type { Scoped } from '../scope-ports.js'
import type { ContractValues } from './contract-values.js'
import { type GetOptions, getValue } from './get-value.js'
import { type DeleteOptions, deleteValue, type SetOptions, type SetResult, setValue } from './set-value.js'
import { type WatchedValues, type WatchOptions, watchValues } from './watch-values.js'

/**
 * The values of a broker: of each subject, the last message that was set. `Data` is the type of a
 * value, which is not checked.
 */
export interface Values {
  /**
   * Reads the value of a subject: a message with a `revision`; undefined if there is no value.
   *
   * Rejects with `invalid_subject`, `forbidden`, `unsupported` (the broker keeps no values),
   * `timeout`, or the signal's reason.
   * @example const price = (await store.get<Price>('good.apple'))?.data
   */
  get<Data = unknown>(subject: string, options?: GetOptions): Promise<Message<Data> | undefined>
  /**
   * Writes the value of a subject, which subscribers get as a message. Resolves when it is stored.
   * While offline, it waits as a publish does.
   *
   * Rejects as `publish`, and with `condition_failed` (`error.revision` is the present one),
   * `storage_full`, `timeout`, or the signal's reason; with `interrupted` if the session was lost
   * and the value may have been written; with a `TypeError` if the value is empty.
   * @example await store.set('good.apple', { price: 3 }, { whenRevision: apple.revision })
   */
  set<Data = unknown>(subject: string, data: Data, options?: SetOptions): Promise<SetResult>
  /**
   * Deletes the value of a subject. Rejects as `set`.
   * @example await store.delete('good.apple')
   */
  delete(subject: string, options?: DeleteOptions): Promise<SetResult>
  /**
   * Receives the values of a pattern, and then their changes, also after a reconnect.
   * @throws {WildcastError} `invalid_subject`; `interrupted` after `close()`
   * @example
   * const goods = store.watch<Price>('good.*')
   * goods.onChange(() => console.log(goods.status, goods.get('good.apple')?.data))
   */
  watch<Data = unknown, const Pattern extends string = string>(
    pattern: Pattern,
    options?: WatchOptions,
  ): WatchedValues<Data, Params<Pattern>>
}

/** Returns the functions for the values of a client with a contract. */
export function values<Api extends Contract>(scope: ContractScope<Api>): ContractValues<Api>
/**
 * Returns the functions for the values of a client, or of `client.broker('orders')`.
 * @throws {TypeError} if `scope` is no client of this package
 * @example
 * const store = values(client)
 * await store.set('good.apple', { price: 3 })
 */
export function values(scope: Scope): Values
export function values(scope: Scoped): object {
  const all: Values = {
    get: (subject, options) => getValue(scope, subject, options),
    set: (subject, data, options) => setValue(scope, subject, data, options),
    delete: (subject, options) => deleteValue(scope, subject, options),
    watch: (pattern, options) => watchValues(scope, pattern, options),
  }
  return all
}
