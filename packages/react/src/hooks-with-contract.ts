import type { PublishOptions } from '@wildcast/client'
import type { Contract } from '@wildcast/contract'
import { useMemo } from 'react'
import type { ContractHooks } from './contract-hooks.js'
import { useClient } from './provider.js'
import { type Publishing, startPublishing } from './publishing.js'
import { useCan } from './use-can.js'
import { useConnection } from './use-connection.js'
import { useHistory } from './use-history.js'
import { useLeader } from './use-leader.js'
import { useLock } from './use-lock.js'
import { useMemberCount } from './use-member-count.js'
import { useOutbox } from './use-outbox.js'
import { usePresence } from './use-presence.js'
import { usePublish } from './use-publish.js'
import { usePublishing } from './use-publishing.js'
import { useReduce } from './use-reduce.js'
import { useRequest } from './use-request.js'
import { useServe } from './use-serve.js'
import { useSubscription } from './use-subscription.js'
import { useValue } from './use-value.js'
import { useValues } from './use-values.js'

/** A contract that builds subjects from templates. */
export interface TemplateContract extends Contract {
  subject(template: string, params: object): string
}

type Hook = (...args: never[]) => unknown

/**
 * Returns the hooks with the types of a contract. Each throws a `TypeError` if the client of the
 * provider has no contract.
 * @param replaced - hooks that take the place of those with their names
 */
export function hooksWithContract<Api extends Contract>(
  contract: Api & TemplateContract,
  replaced: Partial<Record<keyof ContractHooks<Api>, Hook>> = {},
): ContractHooks<Api> {
  const hooks = {
    ...{ useCan, useClient, useHistory, useLeader, useLock, useMemberCount, usePresence, useReduce },
    ...{ useRequest, useServe, useSubscription, useValue, useValues, useConnection, useOutbox, usePublishing },
    usePublish: (template: string) => useTemplate(contract, template),
    ...replaced,
  }
  const checked = Object.fromEntries(Object.entries<Hook>(hooks).map(([name, hook]) => [name, withContract(hook)]))
  return checked as unknown as ContractHooks<Api> // the same functions: only the compiler knows the entries
}

/** Returns a hook that throws if the client of the provider has no contract. */
function withContract(hook: Hook): Hook {
  return (...args) => {
    if (!('contract' in useClient()))
      throw new TypeError('hooks with a contract need a client with the contract: createClient({ url, contract })')
    return hook(...args)
  }
}

/** Returns the function of `usePublish`, which takes the params of a template by name. */
function useTemplate(contract: TemplateContract, template: string): unknown {
  const client = useClient()
  const send = usePublish(template)
  return useMemo(() => {
    if (!template.includes('{')) return send
    return (params: object, data?: unknown, options?: PublishOptions): Publishing =>
      startPublishing(client, async () => client.publish(contract.subject(template, params), data, options))
  }, [client, contract, template, send])
}
