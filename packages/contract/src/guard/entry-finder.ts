import { isSubject } from '@wildcast/protocol/subjects'
import type { ContractEntry } from '../contract-entry.js'
import type { ContractKind } from '../definition.js'

/** The functions of a contract that find its entries. */
export interface EntryFinder {
  find(kind: ContractKind, subject: string): ContractEntry | undefined
  entriesFor(pattern: string): readonly ContractEntry[]
}

/** The kinds by which data is checked: a message may be a value of a subject without messages. */
const alternatives: { readonly [Kind in ContractKind]: readonly ContractKind[] } = {
  message: ['message', 'value'],
  value: ['value', 'message'],
  request: ['request'],
  reply: ['reply'],
  presence: ['presence'],
}

/** An entry, and the kind of its schema that data is checked by. */
export interface FoundEntry {
  readonly entry: ContractEntry
  readonly kind: ContractKind
}

/** Returns the entry that declares a kind of data on a subject. */
export function entryFor(finder: EntryFinder, wanted: ContractKind, subject: string): FoundEntry | undefined {
  for (const kind of alternatives[wanted]) {
    const entry = finder.find(kind, subject)
    if (entry) return { entry, kind }
  }
  return undefined
}

/**
 * Returns the entries that declare a kind of data on a subject, or on subjects of a pattern.
 * @throws {WildcastError} `invalid_subject`
 */
export function entriesWith(finder: EntryFinder, wanted: ContractKind, text: string): readonly FoundEntry[] {
  if (isSubject(text) && !text.includes('{')) {
    const found = entryFor(finder, wanted, text)
    return found ? [found] : []
  }
  return finder.entriesFor(text).flatMap((entry) => {
    const kind = alternatives[wanted].find((kind) => entry[kind])
    return kind ? [{ entry, kind }] : []
  })
}
