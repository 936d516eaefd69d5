/**
 * The hooks with the types of the contract. Only views that are loaded on demand import them, since
 * `createHooks` loads all hooks.
 */
import { type ContractHooks, createHooks } from '@wildcast/react/contract'
import { contract } from '../contract.js'

type Hooks = ContractHooks<typeof contract>

const hooks: Hooks = createHooks(contract)

export const useSubscription: Hooks['useSubscription'] = hooks.useSubscription
export const useValue: Hooks['useValue'] = hooks.useValue
export const useValues: Hooks['useValues'] = hooks.useValues
export const usePresence: Hooks['usePresence'] = hooks.usePresence
export const useLock: Hooks['useLock'] = hooks.useLock
export const useLeader: Hooks['useLeader'] = hooks.useLeader
