import type { Contract } from '@wildcast/contract'

/** The fate of data from a broker that does not fit, such as that of other programs. */
export type FromBrokers =
  | 'pass' // it is not checked
  | 'drop' // it reaches no client
  | 'quarantine' // it reaches only those who subscribe to it under "$quarantine."

/** Whether clients may publish data that no entry declares. */
export type Undeclared = 'allow' | 'refuse'

/** A contract, and the fate of data outside it. */
export interface RelayContract {
  /** Read at each check, so that it can be replaced. */
  readonly contract: Contract
  /** @default 'pass' */
  readonly fromBrokers?: FromBrokers | undefined
  /** @default 'allow' */
  readonly undeclared?: Undeclared | undefined
}

/** Returns a contract with its settings. */
export function relayContractOf(given: Contract | RelayContract): RelayContract {
  return 'contract' in given ? given : { contract: given }
}
