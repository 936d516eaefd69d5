import type { Contract, DataOf, ParamsOf, PatternIn } from '@wildcast/contract'
import type { Params } from '@wildcast/protocol/client'
import type { Client } from '../client.js'
import type { ClientCore } from '../client-core.js'
import type { ContractClient } from '../contract/contract-client.js'
import type { Undo } from '../time/clock.js'
import { feedGetter } from './feed-getter.js'
import type { SharedOptions } from './shared-options.js'
import { storeSlotOf } from './store-slot.js'
import type { SubscriptionFeed } from './subscription-feed.js'

/** Options of `subscriptionStore`. */
export interface SubscriptionStoreOptions extends SharedOptions {
  /** The maximum number of messages in `items`. @default 100 */
  readonly keep?: number | undefined
}

/** A store outside of any framework. */
export interface ExternalStore<State> {
  /** Calls back once per animation frame if the state has changed. Returns the undo. */
  subscribe(changed: () => void): Undo
  /** Returns the state: a new object after each change, the same one in between. */
  getSnapshot(): State
}

/** Returns a store of the messages of a pattern of a contract. */
export function subscriptionStore<Api extends Contract, const Text extends string>(
  client: ContractClient<Api>,
  pattern: PatternIn<Api, 'message' | 'value', Text>,
  options?: SubscriptionStoreOptions,
): ExternalStore<SubscriptionFeed<DataOf<Api, 'message' | 'value', Text>, ParamsOf<Text>>>
/**
 * Returns a store of the messages of a pattern and their status, for Vue, Svelte, Solid and others.
 * The client is subscribed while the store has subscribers, and one second longer; equal stores,
 * and the hooks of `@wildcast/react`, share one subscription. For pages: it needs
 * `requestAnimationFrame`.
 * @example
 * const goods = subscriptionStore<Price>(client, 'good.*', { keep: 20 })
 * const undo = goods.subscribe(() => console.log(goods.getSnapshot().last?.data.price))
 */
export function subscriptionStore<Data = unknown, const Pattern extends string = string>(
  client: Client,
  pattern: Pattern,
  options?: SubscriptionStoreOptions,
): ExternalStore<SubscriptionFeed<Data, Params<Pattern>>>
export function subscriptionStore(
  client: ClientCore,
  pattern: string,
  { keep = 100, ...wire }: SubscriptionStoreOptions = {},
): ExternalStore<object> {
  const slot = storeSlotOf(client as Client, pattern, wire)
  return {
    subscribe: (changed) => slot.open().view({ keep, changed, event() {} }),
    getSnapshot: feedGetter(slot, keep),
  }
}
