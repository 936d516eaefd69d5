/**
 * The state of a subscription outside of any framework: for Vue, Svelte, Solid and React.
 * @module
 */

export { after, defer, nextFrame } from './store/clock.js'
export { feedGetter } from './store/feed-getter.js'
export { notify } from './store/notify.js'
export { openStore, type Store } from './store/open-store.js'
export { onPageHidden, type WhenHidden } from './store/page-hidden.js'
export type { SharedOptions } from './store/shared-options.js'
export { newest, type Viewer } from './store/shown-feed.js'
export { type StoreSlot, storeSlotOf } from './store/store-slot.js'
export { emptyFeed, type SubscriptionFeed } from './store/subscription-feed.js'
export { type ExternalStore, type SubscriptionStoreOptions, subscriptionStore } from './store/subscription-store.js'
