import type { Client } from '@wildcast/client'
import { type SubscriptionFeed, subscriptionStore } from '@wildcast/client/store'
import { onScopeDispose, type ShallowRef, shallowRef } from 'vue'

export function useFeed(client: Client, pattern: string): ShallowRef<SubscriptionFeed> {
  const store = subscriptionStore(client, pattern)
  const feed = shallowRef(store.getSnapshot())
  const undo = store.subscribe(() => (feed.value = store.getSnapshot()))
  onScopeDispose(undo)
  return feed
}
