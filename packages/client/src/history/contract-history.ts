import type { Contract, DataOf, ParamsOf, PatternIn } from '@wildcast/contract'
import type { Message } from '../messages/message.js'
import type { KeptPage, PageOptions } from './kept-page.js'
import type { ReadOptions } from './read-messages.js'
import type { WatchedHistory, WatchHistoryOptions } from './watch-history.js'

/**
 * The kept messages of a client with a contract: the functions of `ClientHistory`, with the types
 * of its entries. Messages that do not fit are left out and reported.
 */
export interface ContractHistory<Api extends Contract> {
  /** Reads a page. Its `first` and `last` also count what was left out. */
  page<const Text extends string>(
    pattern: PatternIn<Api, 'message', Text>,
    options?: PageOptions,
  ): Promise<KeptPage<DataOf<Api, 'message', Text>, ParamsOf<Text>>>
  /** Loops over the messages, page by page. */
  read<const Text extends string>(
    pattern: PatternIn<Api, 'message', Text>,
    options?: ReadOptions,
  ): AsyncIterableIterator<Message<DataOf<Api, 'message', Text>, ParamsOf<Text>>>
  /** Watches the newest messages. */
  watch<const Text extends string>(
    pattern: PatternIn<Api, 'message', Text>,
    options?: WatchHistoryOptions,
  ): WatchedHistory<DataOf<Api, 'message', Text>, ParamsOf<Text>>
}
