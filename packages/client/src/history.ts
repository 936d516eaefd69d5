/** The messages that a broker has kept: pages, loops, and lists that stay up to date. @module */

export type { ContractHistory } from './history/contract-history.js'
export { type ClientHistory, history } from './history/history.js'
export type { KeptPage, PageOptions } from './history/kept-page.js'
export type { ReadOptions } from './history/read-messages.js'
export type { HistoryStatus, WatchedHistory, WatchHistoryOptions } from './history/watch-history.js'
