import type { Contract } from '../contract.js'
import type { ContractKind, EntryMap } from '../definition.js'
import type { EntriesOf, KeysOfAny } from './entries.js'
import type { FormFault } from './form-fault.js'
import type { IsPattern } from './segments.js'

/**
 * The type of a parameter that takes the subject of a publish, a value, a request or a presence:
 * the subject itself, or a sentence that states why it is refused.
 * @example type Publish = <S extends string>(subject: SubjectIn<typeof api, 'message', S>) => void
 */
export type SubjectIn<Api extends Contract, Kind extends ContractKind, Text extends string> = Unless<
  SubjectFault<EntriesOf<Api>, Kind, Text>,
  Text
>

/**
 * The type of a parameter that takes a pattern, such as the one of a subscription: the pattern
 * itself, or a sentence that states why it is refused.
 * @example type Watch = <P extends string>(pattern: PatternIn<typeof api, 'value', P>) => void
 */
export type PatternIn<Api extends Contract, Kind extends ContractKind, Text extends string> = Unless<
  PatternFault<EntriesOf<Api>, Kind, Text>,
  Text
>

/** A text, or the sentence that states its fault. */
export type Unless<Fault extends string, Text extends string> = [Fault] extends [never] ? Text : Fault

type SubjectFault<Entries extends EntryMap, Kind extends ContractKind, Text extends string> = Text extends string
  ? string extends Text | keyof Entries
    ? UnknownText<Entries>
    : Text extends `${string}{${string}}${string}`
      ? `'${Text}' is a template; build a subject from it with subject() of the contract`
      : IsPattern<Text> extends true
        ? `'${Text}' has a wildcard, but one subject is needed; write text in its place`
        : PatternFault<Entries, Kind, Text>
  : never

type PatternFault<Entries extends EntryMap, Kind extends ContractKind, Text extends string> = Text extends string
  ? string extends Text | keyof Entries
    ? UnknownText<Entries>
    : [FormFault<Text>] extends [never]
      ? [KeysOfAny<Entries, Kind, Text>] extends [never]
        ? `no entry of the contract has ${Noun<Kind>} at '${Text}'${Remedy<Entries, Kind, Text>}`
        : never
      : FormFault<Text>
  : never

/** The fault of a text that the compiler does not know. A contract without known keys takes any. */
export type UnknownText<Entries extends EntryMap> = string extends keyof Entries
  ? never
  : 'text of the type string has no known entry; write a literal, or build it with subject() of the contract'

/** Names the data that the subject has, if it has another kind. */
type Remedy<Entries extends EntryMap, Kind extends ContractKind, Text extends string> =
  OtherKinds<Entries, Kind, Text> extends infer Other extends ContractKind
    ? [Other] extends [never]
      ? '; correct it, or add an entry'
      : `, only ${Noun<Other>}; use the method for these, or add ${Noun<Kind>} to the entry`
    : never

type OtherKinds<Entries extends EntryMap, Kind extends ContractKind, Text extends string> = {
  [Other in Exclude<ContractKind, Kind>]: [KeysOfAny<Entries, Other, Text>] extends [never] ? never : Other
}[Exclude<ContractKind, Kind>]

/** The word for the data of some kinds. A subscription has messages, and receives values too. */
type Noun<Kind extends ContractKind> = 'message' extends Kind
  ? 'messages'
  : 'value' extends Kind
    ? 'values'
    : 'presence' extends Kind
      ? 'presence'
      : 'requests'
