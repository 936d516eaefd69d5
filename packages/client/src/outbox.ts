/** Publishes that survive a reload: IndexedDB keeps them until their outcome is known. @module */
export { type OutboxOptions, outbox } from './outbox/outbox.js'
export { type OutboxMessage, type WatchedOutbox, watchOutbox } from './outbox/watch-outbox.js'
