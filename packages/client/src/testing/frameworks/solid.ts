import type { Client } from '@wildcast/client'
import { type SubscriptionFeed, subscriptionStore } from '@wildcast/client/store'
import { type Accessor, from } from 'solid-js'

export function createFeed(client: Client, pattern: string): Accessor<SubscriptionFeed> {
  const store = subscriptionStore(client, pattern)
  return from((set) => store.subscribe(() => set(() => store.getSnapshot())), store.getSnapshot())
}
