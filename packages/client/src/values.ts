/** The values of subjects: the last message of each, with conditions, wills and expiry. @module */

export type { Patience } from './app/patience.js'
export type { ContractSetOptions, ContractValues } from './values/contract-values.js'
export type { GetOptions } from './values/get-value.js'
export type { DeleteOptions, SetOptions, SetResult } from './values/set-value.js'
export { type Values, values } from './values/values.js'
export type { ValuesStatus, WatchedValues, WatchOptions } from './values/watch-values.js'
