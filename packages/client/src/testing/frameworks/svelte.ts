import type { Client } from '@wildcast/client'
import { type SubscriptionFeed, subscriptionStore } from '@wildcast/client/store'
import { type Readable, readable } from 'svelte/store'

export function feedOf(client: Client, pattern: string): Readable<SubscriptionFeed> {
  const store = subscriptionStore(client, pattern)
  return readable(store.getSnapshot(), (set) => store.subscribe(() => set(store.getSnapshot())))
}
