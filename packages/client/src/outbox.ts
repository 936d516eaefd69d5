/** Publishes that survive a reload: kept in IndexedDB until their outcome is known. @module */
export { type OutboxOptions, outbox } from './outbox/outbox.js'
