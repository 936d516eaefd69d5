import type { Pattern } from '@wildcast/protocol/subjects'
import type { EntryDefinition } from './definition.js'
import type { SubjectTemplate } from './template.js'

/** An entry of a contract. */
export interface ContractEntry extends EntryDefinition, SubjectTemplate {
  /** The key with which it was defined, behind the prefix of the contract: `room.{room}.msg`. */
  readonly key: string
  /** The subjects that it declares: `room.*.msg`. */
  readonly pattern: Pattern
}
