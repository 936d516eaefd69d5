/**
 * One contract for the subjects of browser and relay: types, and checks by any Standard Schema.
 * @module
 */
export { segmentOf } from '@wildcast/protocol/subjects'
export { type CheckResult, checkData, type DataCheck, type PayloadFailure } from './check-data.js'
export type { Contract } from './contract.js'
export type { ContractEntry } from './contract-entry.js'
export { type ContractOptions, defineContract, mergeContracts } from './define-contract.js'
export type { DefinedContract } from './defined-contract.js'
export {
  type ContractKind,
  type ContractSchema,
  contractKinds,
  type EntryDefinition,
  type EntryHistory,
  type EntryMap,
  type EntryOptions,
  type EntrySchemas,
} from './definition.js'
export type { ClientGuard, ContractCheck, GuardSettings } from './guard/client-guard.js'
export type { PayloadSource } from './guard/decode-payload.js'
export { parseTemplate, type SubjectTemplate } from './template.js'
export { type } from './type.js'
export type { DataOf, InputOf, ParamsOf } from './types/data-of.js'
export type { EntriesOf } from './types/entries.js'
export type { PatternIn, SubjectIn } from './types/refusals.js'
