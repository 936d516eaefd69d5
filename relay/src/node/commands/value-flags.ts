import type { JsonValue } from '@wildcast/protocol'
import { InvalidArgumentError, Option } from 'commander'

/** The condition of a write on the command line. */
export interface ConditionFlags {
  readonly ifRevision?: string
  readonly ifAbsent?: true
  /** In an object, since the library of the command line takes `null` for a missing text. */
  readonly when?: { readonly json: JsonValue }
}

export const ifRevisionFlag = (): Option =>
  new Option('--if-revision <revision>', 'write only if the value has this revision').conflicts(['ifAbsent', 'when'])

export const ifAbsentFlag = (): Option =>
  new Option('--if-absent', 'write only if there is no value').conflicts(['ifRevision', 'when'])

export const whenFlag = (): Option =>
  new Option('--when <json>', 'write only if the value contains this JSON').argParser(jsonFlag)

/** Returns the options of a write. */
export function conditionFrom({ ifRevision, ifAbsent, when }: ConditionFlags): {
  readonly whenRevision?: string
  readonly when?: JsonValue
} {
  if (ifRevision !== undefined) return { whenRevision: ifRevision }
  if (ifAbsent) return { when: null }
  return when === undefined ? {} : { when: when.json }
}

function jsonFlag(text: string): { readonly json: JsonValue } {
  try {
    return { json: JSON.parse(text) as JsonValue } // any result of `JSON.parse` is one
  } catch {
    throw new InvalidArgumentError(`Allowed: JSON, such as '{"status":"ready"}'.`)
  }
}
