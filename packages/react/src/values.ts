'use client' // Its hooks need a browser.

/** Hooks for the values of subjects. @module */

export type { SetResult, ValuesStatus } from '@wildcast/client/values'
export { type UseValueOptions, useValue, type ValueState } from './use-value.js'
export { type UseValuesOptions, useValues } from './use-values.js'
export type { ValuesState } from './values-state.js'
