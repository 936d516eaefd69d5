/** Locks and leaders, each of them the value of a subject. @module */

export type { Patience } from './app/patience.js'
export { type Election, type ElectOptions, elect } from './locks/elect.js'
export { type DataOption, type Lock, type LockOptions, lock } from './locks/lock.js'
