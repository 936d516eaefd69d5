import type { CheckResult } from './check-data.js'
import type { ContractEntry } from './contract-entry.js'
import type { ContractKind, EntryMap } from './definition.js'
import type { ClientGuard, GuardSettings } from './guard/client-guard.js'

/**
 * The entries that state what the subjects of an application carry. The client and the relay check
 * data by it, and the types of the client are those of its entries.
 */
export interface Contract<Entries extends EntryMap = EntryMap> {
  /** Only the compiler uses it: the types of the entries. */
  readonly '~entries'?: Entries
  /** All entries, in the order of their definition. */
  readonly entries: readonly ContractEntry[]
  /**
   * Returns the entry that declares a kind of data on a subject. If several do, they share the
   * schema, and it returns the first one.
   */
  find(kind: ContractKind, subject: string): ContractEntry | undefined
  /**
   * Returns the entries that declare a subject which a pattern can match.
   * @throws {WildcastError} `invalid_subject`
   */
  entriesFor(pattern: string): readonly ContractEntry[]
  /**
   * Checks data by the schema of its subject. Returns undefined if no entry declares this kind
   * there; otherwise the output of the schema, or the failure.
   * @throws {TypeError} if the schema throws or is asynchronous
   */
  check(kind: ContractKind, subject: string, data: unknown): CheckResult | undefined
  /**
   * Opens the guard of a client, which `createClient` applies.
   * @throws {TypeError} if `check` is unknown
   */
  guard(settings: GuardSettings): ClientGuard
}
