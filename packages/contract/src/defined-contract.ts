import type { Contract } from './contract.js'
import type { EntryMap } from './definition.js'
import type { Filled } from './types/segments.js'
import type { TemplateIn, TemplateParams } from './types/subject-builder.js'

/** A contract whose entries the compiler knows: `defineContract` and `mergeContracts` return it. */
export interface DefinedContract<Entries extends EntryMap> extends Contract<Entries> {
  /**
   * Builds a subject from a template.
   * @throws {WildcastError} `invalid_subject` if a param isn't one valid segment
   * @throws {TypeError} if a param is missing
   */
  subject<const Text extends string>(template: TemplateIn<Entries, Text>, params: TemplateParams<Text>): Filled<Text>
}
