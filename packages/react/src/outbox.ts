'use client' // Its hooks need a browser.

/** The hook for the messages of an outbox. @module */

export type { OutboxMessage } from '@wildcast/client/outbox'
export { type OutboxState, type OutboxView, useOutbox } from './use-outbox.js'
