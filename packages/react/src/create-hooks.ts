import type { Contract } from '@wildcast/contract'
import type { ContractHooks } from './contract-hooks.js'
import { hooksWithContract, type TemplateContract } from './hooks-with-contract.js'

/**
 * Returns the hooks with the types of a contract, for components below a provider whose client has
 * the same contract. Call it once, outside of any component. Without a contract of the client the
 * hooks throw a `TypeError`, since the client would not know the names in a template.
 * @example
 * const { useSubscription, usePublish } = createHooks(api)
 */
export function createHooks<const Api extends Contract>(contract: Api & TemplateContract): ContractHooks<Api> {
  return hooksWithContract(contract)
}
