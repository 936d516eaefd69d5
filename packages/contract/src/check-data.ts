import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Failure } from '@wildcast/protocol/client'
import type { ContractEntry } from './contract-entry.js'
import type { ContractKind } from './definition.js'
import { issueText } from './issue-text.js'

/** The output of a schema, or why the data does not fit it. */
export type CheckResult =
  | { readonly value: unknown; readonly failure?: undefined }
  | { readonly failure: PayloadFailure; readonly value?: undefined }

/** Why data does not fit its contract. The message has the path to the fault, and no data. */
export interface PayloadFailure extends Failure {
  readonly code: 'invalid_payload'
}

/** Data of a kind on a subject, and the entry that declares it. */
export interface DataCheck {
  readonly entry: ContractEntry
  readonly kind: ContractKind
  readonly subject: string
  readonly data: unknown
}

/**
 * Checks data by the schema of an entry.
 * @throws {TypeError} if the schema throws or is asynchronous
 */
export function checkData(check: DataCheck): CheckResult {
  const { kind, subject, data } = check
  const result = validate(check)
  if (!result.issues) return { value: result.value }
  const place = kind === 'reply' ? `${subject} (reply)` : subject
  return { failure: { code: 'invalid_payload', message: `${place}: ${issueText(result.issues, data)}` } }
}

function validate({ entry, kind, data }: DataCheck): StandardSchemaV1.Result<unknown> {
  const refuse = (fault: string, cause?: unknown): TypeError =>
    new TypeError(`the schema for ${kind} of the contract's entry "${entry.key}" ${fault}`, { cause })
  let result: ReturnType<StandardSchemaV1['~standard']['validate']> | undefined
  try {
    result = entry[kind]?.['~standard'].validate(data)
  } catch (cause) {
    throw refuse('has thrown an error; it must return issues', cause)
  }
  // zod runs a check that throws again, as an async one.
  if (isPromise(result)) throw refuse('has returned a promise; leave out async checks, and checks that throw')
  if (!result) throw refuse('has returned no result; it must return a value or issues')
  if (!result.issues && isPromise(result.value)) throw refuse('has returned a promise; leave out async transforms')
  return result
}

/** A rejection is handled here, since no one waits for it. */
function isPromise(value: unknown): value is Promise<unknown> {
  if (!(value instanceof Promise)) return false
  value.catch(() => {})
  return true
}
