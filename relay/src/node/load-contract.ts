import type { Contract } from '@wildcast/contract'
import { firstLine, MissingJiti } from './load-module.js'
import { type Modules, nodeModules } from './modules.js'
import { placeOfLoadError } from './place-of-error.js'
import { ModuleFault } from './thread/module-fault.js'

/**
 * Loads the contract that a module exports, under any name; each call loads it again.
 * @param file - an absolute path
 * @throws {ModuleFault} if it can't be loaded, or does not export one contract
 */
export async function loadContract(file: string, { load }: Modules = nodeModules): Promise<Contract> {
  const exports = await load(file).catch((cause: unknown) => {
    const place = cause instanceof MissingJiti ? undefined : placeOfLoadError(cause, file)
    throw new ModuleFault(file, `the contract can't be loaded: ${firstLine(cause)}`, place)
  })
  const contracts = Object.entries(exports).filter((named): named is [string, Contract] => isContract(named[1]))
  const [first, other] = new Map(contracts.map(([name, contract]) => [contract, name]))
  if (!first) throw new ModuleFault(file, 'it exports no contract; export what defineContract returns', undefined)
  if (other)
    throw new ModuleFault(
      file,
      `it exports the contracts "${first[1]}" and "${other[1]}"; export one, which mergeContracts makes of them`,
      undefined,
    )
  return first[0]
}

/** A package may be there twice, so a contract is known by what it has. */
function isContract(value: unknown): value is Contract {
  if (typeof value !== 'object' || value === null) return false
  const { entries, find, entriesFor, check } = value as Partial<Contract>
  return Array.isArray(entries) && [find, entriesFor, check].every((method) => typeof method === 'function')
}
