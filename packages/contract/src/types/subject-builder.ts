import type { ContractKind, EntryMap } from '../definition.js'
import type { KeysOfAny } from './entries.js'
import type { FormFault } from './form-fault.js'
import type { UnknownText, Unless } from './refusals.js'
import type { Filled, NamesIn } from './segments.js'

/**
 * The type of a parameter that takes the template of a subject: the template itself, or a sentence
 * that states why it is refused.
 */
export type TemplateIn<Entries extends EntryMap, Text extends string> = string extends keyof Entries
  ? Text
  : Unless<TemplateFault<Entries, Text>, Text>

type TemplateFault<Entries extends EntryMap, Text extends string> = string extends Text
  ? UnknownText<Entries>
  : [FormFault<Text>] extends [never]
    ? Text extends `${string}*${string}` | `${string}>` | `${string}#`
      ? `'${Text}' has a wildcard; write a param with a name in its place, such as {name}`
      : [KeysOfAny<Entries, ContractKind, Filled<Text>>] extends [never]
        ? `no entry of the contract has the subject '${Text}'; correct it, or add an entry`
        : never
    : FormFault<Text>

/** The params of a template by name. */
export type TemplateParams<Text extends string> = { readonly [Name in NamesIn<Text>]: string | number }
