'use client' // Its hook needs a browser.

/** A hook for the messages that a broker has kept. @module */

export type { HistoryStatus } from '@wildcast/client/history'
export { type HistoryFeed, type UseHistoryOptions, useHistory } from './use-history.js'
