import type { Contract } from '@wildcast/contract'
import type { Params } from '@wildcast/protocol/client'
import type { ContractScope } from '../contract/contract-scope.js'
import type { Message } from '../messages/message.js'
import type { Scope } from '../scope.js'
import type { Scoped } from '../scope-ports.js'
import type { ContractHistory } from './contract-history.js'
import { getPage, type KeptPage, type PageOptions } from './kept-page.js'
import { type ReadOptions, readMessages } from './read-messages.js'
import { type WatchedHistory, type WatchHistoryOptions, watchHistory } from './watch-history.js'

/**
 * The messages that a broker has kept. `Data` is the type of their data, which is not checked. A
 * pattern of which nothing is kept is refused with `unsupported`.
 */
export interface ClientHistory {
  /**
   * Reads a page: the newest messages, or those before or after a position.
   *
   * Rejects with `invalid_subject`, `forbidden`, `unsupported`, `timeout`, or the signal's reason.
   * @example
   * const { messages } = await log.page<Chat>('room.42.msg', { before: oldest.position })
   */
  page<Data = unknown, const Pattern extends string = string>(
    pattern: Pattern,
    options?: PageOptions,
  ): Promise<KeptPage<Data, Params<Pattern>>>
  /**
   * Loops over the messages, page by page, up to the end: with `after` from the oldest to the
   * newest, else from the newest to the oldest. Its `limit` is the size of a page. Rejects as
   * `page`.
   * @example
   * for await (const { data } of log.read('room.42.msg', { after: 'start' })) console.log(data)
   */
  read<Data = unknown, const Pattern extends string = string>(
    pattern: Pattern,
    options?: ReadOptions,
  ): AsyncIterableIterator<Message<Data, Params<Pattern>>>
  /**
   * Watches the newest messages: a list for a screen, to which new messages are added, and older
   * ones by `loadMore`. Each message is there once, also after a reconnect.
   * @throws {WildcastError} `invalid_subject`; `interrupted` after `close()`
   * @example
   * const room = log.watch<Chat>('room.42.msg', { limit: 50 })
   * room.onChange(() => console.log(room.items.length, room.hasMore))
   */
  watch<Data = unknown, const Pattern extends string = string>(
    pattern: Pattern,
    options?: WatchHistoryOptions,
  ): WatchedHistory<Data, Params<Pattern>>
}

/** Returns the functions for the history of a client with a contract. */
export function history<Api extends Contract>(scope: ContractScope<Api>): ContractHistory<Api>
/**
 * Returns the functions for the history of a client's broker, or of `client.broker('orders')`.
 * @throws {TypeError} if `scope` is no client of this package
 * @example
 * const log = history(client)
 * const { messages } = await log.page('room.42.msg', { limit: 20 })
 */
export function history(scope: Scope): ClientHistory
export function history(scope: Scoped): object {
  const all: ClientHistory = {
    page: (pattern, options) => getPage(scope, pattern, options),
    read: (pattern, options) => readMessages(scope, pattern, options),
    watch: (pattern, options) => watchHistory(scope, pattern, options),
  }
  return all
}
