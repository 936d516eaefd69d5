/** One connection for all tabs of an origin. @module */
export { type ShareTabsOptions, shareTabs } from './tabs/share-tabs.js'
