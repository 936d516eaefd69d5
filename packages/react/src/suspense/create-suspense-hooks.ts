import type { Contract } from '@wildcast/contract'
import type { ContractHooks } from '../contract-hooks.js'
import { hooksWithContract, type TemplateContract } from '../hooks-with-contract.js'
import { useSuspenseHistory } from './history.js'
import { useSuspenseCan, useSuspenseRequest, useSuspenseSubscription } from './messages.js'
import { useSuspenseMemberCount, useSuspensePresence } from './presence.js'
import { useSuspenseValue, useSuspenseValues } from './values.js'

/**
 * `createHooks` with the hooks of `@wildcast/react/suspense`: they suspend until they have
 * something to show, and throw refusals to the nearest error boundary.
 * @example
 * const { useValues } = createSuspenseHooks(api)
 */
export function createSuspenseHooks<const Api extends Contract>(contract: Api & TemplateContract): ContractHooks<Api> {
  return hooksWithContract(contract, {
    useCan: useSuspenseCan,
    useHistory: useSuspenseHistory,
    useMemberCount: useSuspenseMemberCount,
    usePresence: useSuspensePresence,
    useRequest: useSuspenseRequest,
    useSubscription: useSuspenseSubscription,
    useValue: useSuspenseValue,
    useValues: useSuspenseValues,
  })
}
