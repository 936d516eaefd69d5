import type { Contract } from '@wildcast/contract'
import type { ClientCore } from '../client-core.js'
import type { ContractScope } from './contract-scope.js'

/** A client with a contract: the same methods, with the types of its entries. */
export interface ContractClient<Api extends Contract> extends ContractScope<Api>, ClientCore {
  /** Returns the same methods for another broker of the relay, over the same connection. */
  broker(name: string): ContractScope<Api>
}
