import path from 'node:path'
import type { Contract } from '@wildcast/contract'
import type { RelayContract } from '../core/contract/relay-contract.js'
import type { Config, ContractConfig } from './config/config.js'
import { ConfigError } from './config/config-error.js'
import { brokersAsSeen } from './config/homes.js'
import { type BrokerKinds, brokersWithContract, faultsOfContract } from './contract-rules.js'
import { loadContract } from './load-contract.js'
import type { Modules } from './modules.js'

/** The contract of a configuration, as its relay checks by it. */
export interface OpenedContract extends RelayContract {
  /**
   * Loads the contract again.
   * @throws {ModuleFault} if it can't be used: the old one stays in use
   */
  reload(): Promise<void>
}

/** A configuration with the contract that it names. */
export interface ContractedConfig {
  /** Its brokers have the rules of the contract's histories, too. */
  readonly config: Config
  readonly contract: OpenedContract | undefined
}

/**
 * Loads the contract of a configuration.
 * @throws {ModuleFault} if it can't be loaded
 * @throws {ConfigError} if the brokers can't do what it states
 */
export async function openContract(given: Config, modules?: Modules): Promise<ContractedConfig> {
  const { contract: settings } = given
  const brokers = brokersAsSeen(given)
  if (!settings) return { config: given, contract: undefined }
  const loaded = await loadFor(settings, brokers, modules)
  let contract = loaded
  return {
    config: { ...given, brokers: brokersWithContract(loaded, given) },
    contract: {
      ...settings,
      get contract() {
        return contract
      },
      async reload() {
        contract = await loadFor(settings, brokers, modules)
      },
    },
  }
}

async function loadFor({ file }: ContractConfig, brokers: BrokerKinds, modules?: Modules): Promise<Contract> {
  const contract = await loadContract(file, modules)
  const faults = faultsOfContract(contract, brokers)
  if (faults.length > 0) throw new ConfigError(faults.map((message) => ({ file: path.relative('', file), message })))
  return contract
}
