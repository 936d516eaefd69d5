import { newest } from './shown-feed.js'
import type { StoreSlot } from './store-slot.js'
import { emptyFeed, type SubscriptionFeed } from './subscription-feed.js'

/**
 * Returns a function that returns the store's feed with at most `keep` items: the same object as
 * long as the store's feed is the same.
 */
export function feedGetter(slot: StoreSlot | undefined, keep: number): () => SubscriptionFeed {
  let source = emptyFeed
  let shown = emptyFeed
  return () => {
    const feed = slot?.find()?.feed ?? emptyFeed
    if (feed !== source) {
      const items = feed.items === source.items ? shown.items : newest(feed.items, keep)
      source = feed
      shown = items === feed.items ? feed : { ...feed, items }
    }
    return shown
  }
}
