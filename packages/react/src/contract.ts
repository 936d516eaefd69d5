'use client' // Its hooks need a browser.

/** The hooks with the types of a contract. @module */

export type {
  ContractHooks,
  ContractPresenceView,
  ContractSend,
  ContractValueState,
} from './contract-hooks.js'
export { createHooks } from './create-hooks.js'
