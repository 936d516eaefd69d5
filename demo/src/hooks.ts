/**
 * The hooks with the types of the contract. Only views that are loaded on demand import them, since
 * `createHooks` loads all hooks.
 */
import { type ContractHooks, createHooks } from '@wildcast/react/contract'
import { contract } from '../contract.js'

const hooks: ContractHooks<typeof contract> = createHooks(contract)

export const useSubscription: ContractHooks<typeof contract>['useSubscription'] = hooks.useSubscription
export const useValue: ContractHooks<typeof contract>['useValue'] = hooks.useValue
